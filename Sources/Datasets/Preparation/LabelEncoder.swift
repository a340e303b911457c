import Base

/// Numbers classes in sorted order, as scikit-learn's LabelEncoder: by value if all are integers, otherwise
/// as text by code points.
public struct LabelEncoder: Equatable, Sendable {
    public let classes: [String]
    private let codes: [String: Int]

    /// Collects the classes that occur in `labels`.
    public init(fitting labels: some Sequence<String>) {
        let distinct = Set(labels)
        let numbers = distinct.compactMap { label in Int(label).map { (label, $0) } }
        if numbers.count == distinct.count {
            // "1" and "01" have the same value, so the text decides their order.
            classes = numbers.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
        } else {
            classes = distinct.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        }
        codes = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    }

    /// Uses the given classes in the given order, as for a model's outputs.
    public init(classes: [String]) {
        precondition(Set(classes).count == classes.count, "duplicate class")
        self.classes = classes
        codes = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    }

    /// The number of a class.
    public func code(_ label: String) -> Int? { codes[label] }

    /// Returns the numbers of the labels. `file` and `column` are for the error about an unknown or empty
    /// label.
    public func encode(_ labels: [String], file: String? = nil, column: String? = nil) throws(CellarError)
        -> [Int]
    {
        var encoded: [Int] = []
        encoded.reserveCapacity(labels.count)
        for (index, label) in labels.enumerated() {
            guard let code = codes[label] else {
                let known = classes.prefix(20).joined(separator: ", ") + (classes.count > 20 ? " …" : "")
                throw CellarError(
                    .badData, file: file, row: index + 1, column: column,
                    expected: "one of the classes \(known)",
                    found: label.isEmpty ? "an empty field" : "\"\(label)\"",
                    fix: nearest(label, in: classes).map { "Did you mean \"\($0)\"?" }
                        ?? "Correct the label, or add the class to the training data.")
            }
            encoded.append(code)
        }
        return encoded
    }
}
