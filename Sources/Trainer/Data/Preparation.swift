import Base
import Datasets
import Network

/// Makes the layers of a recipe's preprocessing. Constants are computed in float64; the layers compute in float32,
/// in Cellar as in Keras.
struct Preparation {
    private(set) var layers: [any Layer] = []
    /// The columns as the layers so far give them, in float64; empty unless a scaler follows.
    private var columns: [[Double]]
    private let rows: [Int]
    /// The name of a column for messages.
    private let name: (Int) -> String
    private let file: String

    /// - rows: The training rows.
    init(
        _ steps: [DataRecipe.Preprocessing], columns: [[Double]], rows: [Int], features: [String],
        file: String
    ) throws(CellarError) {
        (self.columns, self.rows, self.file) = (columns, rows, file)
        name = { features.indices.contains($0) ? features[$0] : "\($0)" }
        for step in steps {
            switch step {
            case .rescaling(let scale, let offset):
                layers.append(Rescaling(scale: scale, offset: offset))
                self.columns = self.columns.map { $0.map { $0 * scale + offset } }
            case .standardScaler: try standardize()
            }
        }
    }

    private mutating func standardize() throws(CellarError) {
        let scaler = StandardScaler(fitting: columns, rows: rows)
        let scalings = columns.indices.map { column in
            ColumnScaling(
                scaler.mean[column], scaler.variance[column], scaler.scale[column], columns[column], rows)
        }
        for (column, scaling) in scalings.enumerated() {
            try scaling.check(columns[column], rows, name: name(column), file: file)
        }
        if scalings.contains(where: { $0.factor != 1 }) {
            layers.append(Rescaling(scales: scalings.map(\.factor)))
        }
        layers.append(Normalization(mean: scalings.map(\.mean), variance: scalings.map(\.variance)))
        columns = scaler.transform(columns)
    }
}

/// How one column is standardized in float32: `(x · factor − mean) / √variance`.
struct ColumnScaling {
    /// A power of two, which changes no digit. It brings a column to a size at which Keras' Normalization can divide:
    /// that divides by 1e-7 at least, and its variance must be a float32.
    var factor = 1.0
    var mean, variance: Double
    private let exact: (mean: Double, scale: Double)
    /// True if all values are equal; the layers then give 0.
    private var isConstant = false

    /// Leaves a column as it is.
    static let none: ColumnScaling = {
        var none = ColumnScaling(0, 1, 1, [], [])
        none.isConstant = true
        return none
    }()

    init(_ mean: Double, _ variance: Double, _ scale: Double, _ column: [Double], _ rows: [Int]) {
        exact = (mean, scale)
        if !(1e-6...1e15).contains(scale) {
            let exponent = min(max(-scale.exponent, -126), 127)
            factor = Double(sign: .plus, exponent: Int(exponent), significand: 1)
        }
        // The layer divides by the root of the variance; a constant column must be divided by 1.
        let divisor = scale == variance.squareRoot() ? variance : scale * scale
        (self.mean, self.variance) = (mean * factor, divisor * factor * factor)
        // The mean of equal values may be off by a rounding error, which float32 would enlarge.
        if let first = rows.first.map({ column[$0] }), rows.allSatisfy({ column[$0] == first }) {
            (self.mean, isConstant) = (Double(Float(first)) * factor, Float(first).isFinite)
        }
    }

    /// Throws if float32 cannot tell the column's values apart: if what the layers give is not what scikit-learn gives.
    func check(_ column: [Double], _ rows: [Int], name: String, file: String) throws(CellarError) {
        if isConstant { return }
        let (mean, deviation) = (Float(self.mean), max(Float(variance).squareRoot(), 1e-7))
        for row in rows {
            var value = Float(column[row])
            // Such numbers count as zero while a network runs, in Keras too.
            if value.magnitude < .leastNormalMagnitude { value = 0 }
            let found = Double((value * Float(factor) - mean) / deviation)
            // A rounded mean moves all values alike.
            let wanted = (column[row] - Double(mean) / factor) / exact.scale
            guard abs(found - wanted) <= 1.0 / 128 + 1e-5 * abs(wanted) else {
                throw CellarError(
                    .badData, file: file, row: row + 1, column: name,
                    expected: "values that 32-bit floats, in which Keras computes, can tell apart",
                    found: "\(column[row]), in a column of mean \(exact.mean) and deviation \(exact.scale)",
                    fix: abs(exact.mean) > exact.scale
                        ? "Subtract \(exact.mean) from the column, here and in every table to predict."
                        : "Scale the column, here and in every table to predict.")
            }
        }
    }
}
