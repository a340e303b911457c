import Base
import Registry

public struct ListRequest: Sendable {
    /// Nil lists the versions of all models.
    public var model: String?
    /// A metric (best first), or `created`, `model`, `version`, `size`, `parameters`, `seed`, `training_seconds`.
    /// Nil lists the newest first.
    public var sort: String?
    public var isReversed: Bool
    /// Such as `val_accuracy > 0.97 and parameters < 300000`.
    public var condition: String?
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
        try models.list(
            Query(
                model: request.model, filter: request.condition.map(Filter.init), sort: request.sort,
                isReversed: request.isReversed, limit: request.limit, deleted: request.deleted))
    }

    public func json(of listing: Listing) -> JSON { .array(listing.versions.map(json(of:))) }
}
