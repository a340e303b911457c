/// The classes of two columns of labels together, as scikit-learn's `unique_labels` joins them.
public struct JointClasses: Sendable {
    public let names: [String]
    /// The joint class of each class of the first and the second column.
    public let first, second: [Int32]

    /// Nil if one column has texts and the other numbers: scikit-learn refuses them.
    public init?(_ a: LabelClasses, _ b: LabelClasses) {
        guard a.kind == b.kind || a.kind != .texts && b.kind != .texts else { return nil }
        // 1 and 1.0 are one class; the first column's value stays.
        var values: [LabelValue: LabelValue] = [:]
        for value in b.values + a.values { values[value.key] = value }
        let kinds = Set(
            values.values.map { value -> LabelKind in
                switch value {
                case .integer: .integers
                case .number: .numbers
                case .boolean: .booleans
                case .text: .texts
                }
            })
        let sorted = values.keys.sorted()
        let numbers = Dictionary(uniqueKeysWithValues: zip(sorted, Int32(0)...))
        names = sorted.map { key in
            guard let value = values[key] else { return key.name }
            // An array of several types has the widest.
            if kinds.count == 1 { return value.name }
            if kinds.contains(.numbers) { return LabelValue.number(value.double ?? 0).name }
            if case .boolean(let isTrue) = value { return isTrue ? "1" : "0" }
            return value.name
        }
        first = a.values.map { numbers[$0.key] ?? 0 }
        second = b.values.map { numbers[$0.key] ?? 0 }
    }
}
