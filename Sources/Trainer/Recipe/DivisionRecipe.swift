import Datasets
import Foundation
import Base
import Network

extension RowDivision {
    init(_ section: RecipeSection) throws(CellarError) {
        self.init()
        var section = section
        test = try Self.size("test", &section)
        validation = try Self.size("validation", &section)
        try section.read { (options) throws(CellarError) in
            if options.object["random_state"] != nil {
                randomState = UInt32(try options.int("random_state", in: 0...Int(UInt32.max)))
            }
            options.ignore("random_state")
            stratify = try options.bool("stratify", default: false)
            shuffle = try options.bool("shuffle", default: true)
        }
        if let group = try section.text("group") {
            guard group == "duplicates" else {
                throw section.error("group is \"\(group)\"; expected duplicates.", key: "group")
            }
            keepsDuplicatesTogether = true
        }
        try section.rejectUnknownKeys()
    }

    /// Reads a fraction or a number of rows.
    private static func size(_ key: String, _ section: inout RecipeSection) throws(CellarError) -> SplitSize?
    {
        guard let value = section.options.value(key) else { return nil }
        if case .integer(let rows) = value, rows > 0 { return .count(rows) }
        if case .number(let share) = value, share > 0, share < 1 { return .fraction(share) }
        throw section.error(
            "\(key) must be a fraction between 0 and 1, such as 0.25, or a number of rows, but is \(value.text()).",
            key: key)
    }
}
