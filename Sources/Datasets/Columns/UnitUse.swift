import Tensors

/// The units that stand beside the numbers of a column.
public struct UnitUse: Sendable {
    /// The number of values with each unit; "" for none.
    private let counts: [String: Int]
    private let present: Int
    /// The unit in which the column's numbers are read; nil if units in it are only removed.
    private let unit: String?
    /// Units that the recipe says mean the same.
    private let equals: [String]

    public init(_ fields: Texts, _ reader: FieldReader) {
        var (counts, bare) = ([String: Int](), 0)
        for row in 0..<fields.count {
            let field = fields[row]
            if field.allSatisfy(FieldReader.isDigit) {
                bare += field.isEmpty ? 0 : 1
            } else if !reader.isMissing(field) {
                counts[reader.unit(of: field), default: 0] += 1
            }
        }
        counts["", default: 0] += bare
        (self.counts, present) = (counts, counts.values.reduce(0, +))
        (unit, equals) = (reader.ownUnits.first, reader.ownUnits)
    }

    /// Says what is done with values in other units than most, or in none; nil if there are none.
    public var note: String? {
        guard let unit else { return nil }
        var parts = others.filter { !equals.contains($0) }.map { "\(count($0)) in \($0), converted" }
        let bare = count("")
        if bare > 0, bare < present { parts.append("\(bare) without a unit, taken as \(unit)") }
        return parts.isEmpty ? nil : "in \(unit): of \(present) values " + parts.joined(separator: ", ")
    }

    /// Says which units of different sizes are taken for the same; nil if none are.
    public var confusion: String? {
        let mixed = unit.map { unit in others.filter { equals.contains($0) && differ($0, unit) } } ?? others
        guard unit == nil ? mixed.count > 1 : !mixed.isEmpty else { return nil }
        let all = (unit.map { [$0] } ?? []) + mixed
        return
            "its values are in \(all.map { "\($0) (\(count($0)))" }.joined(separator: ", ")), which are read as if they were the same"
    }

    /// The units that values have beside the column's, the most frequent one first.
    private var others: [String] {
        counts.keys.filter { !$0.isEmpty && $0 != unit }.sorted { (count($0), $1) > (count($1), $0) }
    }

    private func count(_ unit: String) -> Int { counts[unit] ?? 0 }

    private func differ(_ a: String, _ b: String) -> Bool {
        UnitFamily.others(than: b).contains { $0.name == a && $0.multiply != $0.divide }
    }
}
