import Glibc
import Base
import Tensors

/// The initial distribution of a weight, with the names and definitions of Keras 2.10. The distributions are
/// the same; the random numbers differ.
public struct Initializer: Equatable, Sendable {
    public var className: String
    public var config: JSONObject

    public init(_ className: String, _ config: JSONObject = [:]) {
        (self.className, self.config) = (className, config)
    }

    public static let zeros = Initializer("Zeros")
    public static let ones = Initializer("Ones")
    public static let orthogonal = Initializer("Orthogonal", ["seed": nil])
    public static let glorotUniform = Initializer("GlorotUniform", ["seed": nil])

    private static let classes = [
        "Zeros", "Ones", "Constant", "RandomUniform", "RandomNormal", "TruncatedNormal", "GlorotUniform",
        "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal", "VarianceScaling",
        "Orthogonal",
        "Identity",
    ]

    /// Reads `"he_normal"` or `{"class_name": "HeNormal", "config": {…}}`.
    public init(from json: JSON) throws(CellarError) {
        guard let text = json.string ?? json["class_name"]?.string else {
            throw CellarError("an initializer is a word such as glorot_uniform, not \(json.kind)")
        }
        guard let found = Self.className(text) else {
            let hint = nearest(text, in: Self.classes).map { "; did you mean \($0)?" } ?? ""
            throw CellarError("there is no initializer \"\(text)\"\(hint)")
        }
        self.init(found, json["config"]?.object ?? [:])
    }

    /// Accepts both glorot_uniform and GlorotUniform, and the short names uniform, normal, zero and one.
    private static func className(_ text: String) -> String? {
        if classes.contains(text) { return text }
        let plain = text.lowercased().filter { $0 != "_" }
        return switch plain {
        case "uniform": "RandomUniform"
        case "normal": "RandomNormal"
        case "zero": "Zeros"
        case "one": "Ones"
        case "glorotuniformv2": "GlorotUniform"
        case "identitymatrix": "Identity"
        default: classes.first { $0.lowercased() == plain }
        }
    }

    /// The initializer as Keras 2.10 writes it.
    public var json: JSON {
        var config = config
        if !["Zeros", "Ones", "Constant", "Identity"].contains(className), config["seed"] == nil {
            config["seed"] = .null
        }
        return ["class_name": .string(className), "config": .object(config)]
    }

    /// The initializer of an LSTM's bias: ones for the forget gate, this initializer for the rest. It has no
    /// name in files.
    var withUnitForgetBias: Initializer { Initializer("UnitForgetBias", ["rest": json]) }

    private func number(_ key: String, _ standard: Double) -> Double { config[key]?.double ?? standard }

    /// Draws a weight of that shape. Fans are computed as in Keras: the last two axes, times the other axes
    /// (the kernel's window).
    public func tensor(shape: [Int], using random: inout RandomNumbers) throws(CellarError) -> Tensor {
        let count = shape.reduce(1, *)
        let window = shape.dropLast(2).reduce(1, *)
        let fanIn = Double(shape.count < 2 ? shape.first ?? 1 : shape[shape.count - 2] * window)
        let fanOut = Double(shape.count < 2 ? shape.first ?? 1 : shape[shape.count - 1] * window)

        func uniform(_ low: Double, _ high: Double) -> [Float] {
            (0..<count).map { _ in Float(low + (high - low) * random.uniform()) }
        }
        func normal(_ mean: Double, _ deviation: Double, truncated: Bool) -> [Float] {
            (0..<count).map { _ in
                var draw = standardNormal(&random)
                while truncated && abs(draw) > 2 { draw = standardNormal(&random) }
                return Float(mean + deviation * draw)
            }
        }
        /// Draws random numbers with the variance `scale` / `fan`. Truncation reduces the variance of a
        /// normal distribution; Keras divides by this factor to compensate.
        func scaled(_ scale: Double, fan: Double, _ distribution: String) -> [Float] {
            let variance = scale / max(1, fan)
            return switch distribution {
            case "uniform": uniform(-(3 * variance).squareRoot(), (3 * variance).squareRoot())
            case "untruncated_normal": normal(0, variance.squareRoot(), truncated: false)
            default: normal(0, variance.squareRoot() / 0.87962566103423978, truncated: true)
            }
        }

        let values: [Float]
        switch className {
        case "Zeros": values = Array(repeating: 0, count: count)
        case "Ones": values = Array(repeating: 1, count: count)
        case "Constant": values = Array(repeating: Float(number("value", 0)), count: count)
        case "RandomUniform": values = uniform(number("minval", -0.05), number("maxval", 0.05))
        case "RandomNormal": values = normal(number("mean", 0), number("stddev", 0.05), truncated: false)
        case "TruncatedNormal": values = normal(number("mean", 0), number("stddev", 0.05), truncated: true)
        case "GlorotUniform": values = scaled(1, fan: (fanIn + fanOut) / 2, "uniform")
        case "GlorotNormal": values = scaled(1, fan: (fanIn + fanOut) / 2, "truncated_normal")
        case "HeUniform": values = scaled(2, fan: fanIn, "uniform")
        case "HeNormal": values = scaled(2, fan: fanIn, "truncated_normal")
        case "LecunUniform": values = scaled(1, fan: fanIn, "uniform")
        case "LecunNormal": values = scaled(1, fan: fanIn, "truncated_normal")
        case "VarianceScaling":
            let fans = ["fan_in": fanIn, "fan_out": fanOut, "fan_avg": (fanIn + fanOut) / 2]
            let fan = fans[config["mode"]?.string ?? "fan_in"] ?? fanIn
            values = scaled(
                number("scale", 1), fan: fan, config["distribution"]?.string ?? "truncated_normal")
        case "Orthogonal": values = orthonormal(shape: shape, gain: number("gain", 1), using: &random)
        case "Identity":
            guard shape.count == 2 else { throw CellarError("Identity makes matrices only, not \(shape)") }
            let gain = Float(number("gain", 1))
            values = (0..<count).map { $0 / shape[1] == $0 % shape[1] ? gain : 0 }
        case "UnitForgetBias":
            // Blocks i, f, c, o of an LSTM's bias.
            var rest = try Initializer(from: config["rest"] ?? "zeros").tensor(shape: shape, using: &random)
                .values
            for i in count / 4..<count / 2 { rest[i] = 1 }
            values = rest
        default: throw CellarError("there is no initializer \"\(className)\"")
        }
        return Tensor(shape: shape, values: values)
    }
}

private func standardNormal(_ random: inout RandomNumbers) -> Double {
    (-2 * log(1 - random.uniform())).squareRoot() * cos(2 * .pi * random.uniform())
}

/// Draws orthonormal rows (or columns, if there are fewer) with the Gram-Schmidt process on normal random
/// numbers (Saxe et al., 2014).
private func orthonormal(shape: [Int], gain: Double, using random: inout RandomNumbers) -> [Float] {
    let columns = shape.last ?? 1
    let rows = shape.dropLast().reduce(1, *)
    let (count, length) = (min(rows, columns), max(rows, columns))
    var vectors: [[Double]] = []
    while vectors.count < count {
        var vector = (0..<length).map { _ in standardNormal(&random) }
        // Two passes, because one leaves rounding errors.
        for _ in 0..<2 {
            for other in vectors {
                let dot = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                for i in 0..<length { vector[i] -= dot * other[i] }
            }
        }
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        if norm > 1e-8 { vectors.append(vector.map { $0 / norm }) }
    }
    return (0..<rows * columns).map { index in
        let (row, column) = (index / columns, index % columns)
        return Float(gain * (rows >= columns ? vectors[column][row] : vectors[row][column]))
    }
}
