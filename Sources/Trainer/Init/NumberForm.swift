import Base
import Datasets

/// The form of a text that may be a number in another way of writing.
struct NumberForm {
    private(set) var isDecimalComma = false, isGrouped = false, isGroupedByPoints = false, hasUnit = false

    /// True for a number in a form that is not the usual one.
    var isNumber: Bool { isDecimalComma || isGrouped || isGroupedByPoints || hasUnit }

    init(_ field: ArraySlice<UInt8>) {
        var text = String(decoding: field, as: UTF8.self)
        let units: Set<Character> = ["$", "€", "£", "¥", "₹", "%", "\u{a0}", "\u{202f}", " "]
        let plain = text.filter { !units.contains($0) }
        if plain.count < text.count, let first = plain.first(where: { $0 != "-" }), first.isNumber,
            text.contains(where: { units.contains($0) && $0 != " " })
        {
            let isNumber = plain.allSatisfy { $0.isNumber || ".,'-+".contains($0) }
            hasUnit = isNumber
        }
        text = plain
        if text.first == "-" || text.first == "+" { text.removeFirst() }
        guard let first = text.first, first.isNumber,
            text.allSatisfy({ ($0.isASCII && $0.isNumber) || ".,".contains($0) })
        else { return }
        let commas: [Substring] = text.split(separator: ",", omittingEmptySubsequences: false)
        if commas.count == 2, !commas[1].contains("."), !commas[1].isEmpty {
            let groups: [Substring] = commas[0].split(separator: ".", omittingEmptySubsequences: false)
            isDecimalComma = groups.dropFirst().allSatisfy { $0.count == 3 }
        }
        if commas.count >= 2, (1...3).contains(commas[0].count) {
            isGrouped = commas.dropFirst().allSatisfy { group in group.prefix { $0 != "." }.count == 3 }
        }
        let whole: Substring = commas.first ?? ""
        let points: [Substring] = whole.split(separator: ".", omittingEmptySubsequences: false)
        isGroupedByPoints =
            points.count >= 2 && (1...3).contains(points[0].count)
            && points.dropFirst().allSatisfy { $0.count == 3 }
    }
}
