import Base
import Datasets

/// The roles of a table's columns in a recipe, by their names in the table. A recipe may write them in other cases.
struct ColumnRoles {
    /// The columns to predict.
    let targets: [String]
    /// The column with the weight of each row.
    let weight: String?
    /// The columns that the recipe chooses as inputs; nil for all others.
    let chosen: [String]?

    init(_ table: Table, targets: [String], weight: String?, chosen: [String]?) throws(CellarError) {
        func names(_ wanted: [String]) throws(CellarError) -> [String] {
            try table.positions(of: wanted).map { table.columns[$0] }
        }
        self.targets = try names(targets)
        self.weight = try weight.map { (weight) throws(CellarError) in try names([weight])[0] }
        self.chosen = try chosen.map { (all) throws(CellarError) in try names(all) }
        var roles: [String: String] = [:]
        let named =
            self.targets.map { ($0, "the target") } + (self.weight.map { [($0, "sample_weight")] } ?? [])
            + (self.chosen ?? []).map { ($0, "a feature") }
        for (column, role) in named {
            guard let other = roles.updateValue(role, forKey: column) else { continue }
            throw CellarError(
                .badData,
                other == role
                    ? "\(role) is named twice." : "the column cannot be \(other) and \(role) at once.",
                file: table.file, column: column, remedy: "Name it once in the recipe.")
        }
    }

    /// True if the column is to be predicted, or has weights.
    func isOther(_ column: String) -> Bool { targets.contains(column) || weight == column }
}
