import Tensors

/// The targets of one output: one class index per sample, or numbers. There is one number for each number of
/// the output, or, for a sparse loss on an output with several positions such as [T, classes], one class
/// index for each position.
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

    /// Returns the class index at one position of a sample, if the targets are indices.
    func index(_ sample: Int, position: Int, positions: Int, width: Int) -> Int? {
        switch self {
        case .classes(let classes): Int(classes[sample])
        case .values(let values, let given):
            given == positions && width > 1 ? Int(values[sample * given + position]) : nil
        }
    }

    /// Writes the targets of one position: one-hot for a class index (or the index itself if there is one
    /// number). An index beyond the classes, such as an ignored one, gives zeros.
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

/// One thread's rows of a batch at one output, for the loss and the metrics.
struct OutputRows {
    /// [rows, positions, width]. Positions are all of the output's axes except the last.
    var outputs: Floats
    var positions: Int
    var width: Int
    var targets: Targets
    /// The sample index of each row.
    var samples: ArraySlice<Int>
    /// One weight for each sample of the data (not of the batch).
    var weights: [Float]?
    /// The mask of positions that count: [rows, positions], 1 or 0.
    var mask: Floats?
    /// Scratch memory for the targets and a copy of the outputs at one position: [width].
    var target, copy: Floats

    /// Returns the weight of one position in the loss.
    func weight(_ row: Int, _ sample: Int, _ position: Int) -> Float {
        (weights?[sample] ?? 1) * (mask?[row * positions + position] ?? 1)
    }
}
