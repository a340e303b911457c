/// The mapping from labels in data to classes: by name or, if no class name is a number, also by class number from 0.
struct LabelMeaning {
    let classes: [String]
    private let numbers: [String: Int32]

    init(_ classes: [String]) {
        self.classes = classes
        var numbers = [String: Int32](uniqueKeysWithValues: zip(classes, 0...))
        if !classes.contains(where: { Double($0) != nil }) {
            for index in classes.indices { numbers["\(index)"] = Int32(index) }
        }
        self.numbers = numbers
    }

    /// Returns the number of a label's class; nil if there is none. Whole numbers may be written `3.0`.
    func number(of label: String) -> Int32? {
        if let known = numbers[label] { return known }
        guard let value = Double(label), let whole = Int(exactly: value) else { return nil }
        return numbers["\(whole)"]
    }

    var shown: String { classes.prefix(12).joined(separator: ", ") + (classes.count > 12 ? ", …" : "") }
}
