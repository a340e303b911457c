import Base

/// True and predicted labels, row by row, as class codes.
public struct LabelPairs: Equatable, Sendable {
    /// In scikit-learn's order: integers by value, other names by code point.
    public let classes: [String]
    public let truth: [Int32]
    public let prediction: [Int32]

    /// Creates the pairs from texts.
    public init(truth: [String], prediction: [String]) throws(CellarError) {
        try requireRows(("true labels", truth.count), ("predictions", prediction.count))
        var coder = LabelCoder()
        let codes = (
            truth.map { coder.code(of: $0.utf8.span) }, prediction.map { coder.code(of: $0.utf8.span) }
        )
        try self.init(coder, truth: codes.0, prediction: codes.1)
    }

    /// Sorts the classes and renumbers the rows.
    init(_ coder: LabelCoder, truth: [Int32], prediction: [Int32]) throws(CellarError) {
        var names: [String] = []
        for code in 0..<Int32(coder.count) {
            guard let name = String(validating: coder.bytes(of: code), as: UTF8.self) else {
                throw CellarError(
                    .badData, "A label is not valid UTF-8.", remedy: "Save the labels as UTF-8.")
            }
            names.append(name)
        }
        let order = try classOrder(of: names)
        classes = order.classes
        self.truth = truth.map { order.number[Int($0)] }
        self.prediction = prediction.map { order.number[Int($0)] }
    }
}

/// Collects labels row by row without creating a string for each.
public struct LabelRows: Sendable {
    private var coder = LabelCoder()
    private var truth: [Int32] = []
    private var prediction: [Int32] = []

    public init() {}

    /// Adds the UTF-8 bytes of a row's true label.
    public mutating func add(truth label: Span<UInt8>) { truth.append(coder.code(of: label)) }
    /// Adds the UTF-8 bytes of a row's predicted label.
    public mutating func add(prediction label: Span<UInt8>) { prediction.append(coder.code(of: label)) }

    public func pairs() throws(CellarError) -> LabelPairs {
        try LabelPairs(coder, truth: truth, prediction: prediction)
    }
}

/// The classes in order, and for each label the number of its class.
private func classOrder(of labels: [String]) throws(CellarError) -> (classes: [String], number: [Int32]) {
    if let whole = wholeNumbers(labels) {
        // As in NumPy: 3 and 3.0 are one class, and if one is a float, all are written as floats.
        let sorted = Set(whole.values).sorted()
        let number = Dictionary(uniqueKeysWithValues: zip(sorted, Int32(0)...))
        return (
            sorted.map { whole.areFloats ? "\(Double($0))" : "\($0)" }, whole.values.map { number[$0] ?? 0 }
        )
    }
    if let measured = labels.first(where: { isMeasuredNumber($0) }), labels.allSatisfy({ Double($0) != nil })
    {
        throw CellarError(
            .badData,
            "'\(measured)' is a score or measurement, not a class label.",
            remedy: "Convert scores to class labels first.")
    }
    let sorted = labels.indices.sorted { labels[$0].utf8.lexicographicallyPrecedes(labels[$1].utf8) }
    var number = [Int32](repeating: 0, count: labels.count)
    for (place, label) in sorted.enumerated() { number[label] = Int32(place) }
    return (sorted.map { labels[$0] }, number)
}

/// Parses the labels as integers if all are: `7`, `-7` or `7.0`, but not `007`, which is a code.
private func wholeNumbers(_ labels: [String]) -> (values: [Int], areFloats: Bool)? {
    var areFloats = false
    var values: [Int] = []
    for label in labels {
        let digits = label.utf8.drop { $0 == UInt8(ascii: "-") }
        let whole = digits.prefix { $0 != UInt8(ascii: ".") }
        let isPadded = whole.first == UInt8(ascii: "0") && whole.count > 1
        let fraction = digits.dropFirst(whole.count + 1)
        guard !isPadded, fraction.allSatisfy({ $0 == UInt8(ascii: "0") }),
            whole.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = Int(label.prefix { $0 != "." }), abs(value) < 1 << 53
        else { return nil }
        if whole.count < digits.count { areFloats = true }
        values.append(value)
    }
    return (values, areFloats)
}

/// Returns true for numbers such as `0.73` or `1e-3`, but not for words that Swift parses as numbers (`inf`).
private func isMeasuredNumber(_ label: String) -> Bool {
    guard let value = Double(label), value.isFinite, value != value.rounded() else { return false }
    return label.utf8.allSatisfy { byte in "0123456789+-.eE".utf8.contains(byte) }
}
