import Base
import Registry

public struct ListRequest: Sendable {
    /// Nil lists the versions of all models.
    public var model: String?
    /// Metrics (best first), fields, hyper-parameters and tags, separated by commas; `-` before a name reverses it.
    /// Nil lists the newest first.
    public var sort: String?
    public var isReversed: Bool
    /// Such as `val_accuracy > 0.97 and (optimizer = 'adam' or not tags.draft)`; docs/filter.md has the language.
    public var condition: String?
    /// Only versions of the run that made this version: its result and its checkpoints.
    public var run: String?
    /// The maximum number of versions; nil for no limit.
    public var limit: Int?
    /// Lists deleted versions instead.
    public var deleted: Bool

    public init(
        model: String? = nil, sort: String? = nil, isReversed: Bool = false, condition: String? = nil,
        limit: Int? = nil, deleted: Bool = false
    ) {
        (self.model, self.sort, self.isReversed) = (model, sort, isReversed)
        (self.condition, self.limit, self.deleted) = (condition, limit, deleted)
    }
}

extension Store {
    public func list(_ request: ListRequest = ListRequest()) throws(CellarError) -> Listing {
        var conditions = request.condition.map { ["(\($0))"] } ?? []
        if let run = try request.run.map({ (reference) throws(CellarError) in
            try models.run(of: reference).run
        }) {
            conditions.append("run = '\(run.replacing("'", with: "''"))'")
        }
        // A condition that stands alone is parsed as it was written: errors count its columns.
        let text =
            conditions.count == 1 ? request.condition ?? conditions[0] : conditions.joined(separator: " and ")
        return try models.list(
            Query(
                model: request.model, filter: conditions.isEmpty ? nil : Filter(text), sort: request.sort,
                isReversed: request.isReversed, limit: request.limit, deleted: request.deleted))
    }

    public func json(of listing: Listing) -> JSON { .array(listing.versions.map(json(of:))) }
}

/// Chosen values of the versions of a list.
public struct VersionTable: Sendable {
    /// The names of the columns. The first is `reference` unless the request has it, or `version`, elsewhere.
    public let columns: [String]
    /// A row for each version; nil where it has no such value.
    public let rows: [[JSON?]]
}

extension Store {
    /// Returns the values of fields, metrics, hyper-parameters and tags, by their names in conditions; also `aliases` and
    /// `reference`.
    public func table(
        of listing: Listing, columns: [String]
    ) throws(CellarError) -> VersionTable {
        let isNamed = columns.contains("reference") || columns.contains("version")
        let columns = (isNamed ? [] : ["reference"]) + columns
        var rows = try models.values(of: columns, for: listing.versions)
        for column in columns.indices where columns[column] == "file" {
            for (row, version) in listing.versions.enumerated() {
                rows[row][column] = .string(path(of: version))
            }
        }
        return VersionTable(columns: columns, rows: rows)
    }
}
