import Tensors

/// What one output should have been: one class index a sample, or numbers. Numbers are one for each of the output's
/// own, or, for a sparse loss on an output of several positions such as [T, classes], one class index for each of these.
public enum Targets: Sendable {
    case classes([Int32])
    case values([Float], width: Int)

    public var count: Int {
        switch self {
        case .classes(let classes): classes.count
        case .values(let values, let width): values.count / max(width, 1)
        }
    }

    public func selecting(_ rows: some Collection<Int>) -> Targets {
        switch self {
        case .classes(let classes): .classes(rows.map { classes[$0] })
        case .values(let values, let width):
            .values(rows.flatMap { values[$0 * width..<($0 + 1) * width] }, width: width)
        }
    }

    /// The class index at one position of a sample, where the targets are indices.
    func index(_ sample: Int, position: Int, positions: Int, width: Int) -> Int? {
        switch self {
        case .classes(let classes): Int(classes[sample])
        case .values(let values, let given):
            given == positions && width > 1 ? Int(values[sample * given + position]) : nil
        }
    }

    /// Writes what the numbers of one position should be: one-hot for a class index (or the index itself where there
    /// is one number). An index beyond the classes, such as an ignored one, is a row of zeros.
    func write(_ sample: Int, position: Int, positions: Int, into row: Floats) {
        let width = row.count
        if let index = index(sample, position: position, positions: positions, width: width) {
            if width == 1 { return row[0] = Float(index) }
            row.fill(0)
            if index >= 0 && index < width { row[index] = 1 }
        } else if case .values(let values, let given) = self {
            row.copy(from: values, at: sample * given + position * width)
        }
    }
}

/// One thread's share of a batch at one output, as the loss and the metrics look at it.
struct OutputRows {
    /// [rows, positions, width]: a position is all of the output's shape but the last axis.
    var outputs: Floats
    var positions: Int
    var width: Int
    var targets: Targets
    /// Each row's sample.
    var samples: ArraySlice<Int>
    /// One weight for each sample of the data, not of the batch.
    var weights: [Float]?
    /// Which positions count: [rows, positions], 1 or 0.
    var mask: Floats?
    /// Room for one position's targets, and for a copy of its outputs: [width].
    var target, copy: Floats

    /// What one position counts for in the loss.
    func weight(_ row: Int, _ sample: Int, _ position: Int) -> Float {
        (weights?[sample] ?? 1) * (mask?[row * positions + position] ?? 1)
    }
}
