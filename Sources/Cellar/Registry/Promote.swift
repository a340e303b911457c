import Base
import Registry

/// Points an alias at a version.
public struct PromoteRequest: Sendable {
    public enum Choice: Sendable {
        case version(String, reason: String = "chosen by hand")
        /// The version that is best by a metric. `direction` is for a metric whose name does not tell which end is good.
        case best(metric: String, model: String, direction: MetricName.Direction? = nil)
    }
    public var choice: Choice
    /// Nil for `production`, or `best` for the best version by a metric.
    public var alias: String?
    /// A condition that the version must fulfil, such as `val_accuracy >= 0.97`.
    public var gate: String?

    public init(_ choice: Choice, alias: String? = nil, gate: String? = nil) {
        (self.choice, self.alias, self.gate) = (choice, alias, gate)
    }
}

public struct RemovedAlias: Sendable {
    /// Such as `mnist@production`.
    public let alias: String

    public var json: JSON { ["alias": .string(alias), "version": .null] }
}

extension Store {
    public func promote(_ request: PromoteRequest) throws(CellarError) -> ModelStore.Promotion {
        let gate = try request.gate.map(Filter.init)
        switch request.choice {
        case .version(let reference, let reason):
            return try models.promote(
                reference, alias: request.alias ?? "production", options: .init(reason: reason, gate: gate))
        case .best(let metric, let model, let direction):
            return try models.promote(
                best: metric, model: model, alias: request.alias ?? "best", direction: direction,
                options: .init(gate: gate))
        }
    }

    /// Undoes the last move of an alias, such as `mnist@production`.
    public func rollback(
        _ alias: String, reason: String = "rolled back"
    ) throws(CellarError) -> ModelStore.Promotion {
        let (model, name) = try splitAlias(alias)
        return try models.rollback(model: model, alias: name, options: .init(reason: reason))
    }

    /// Removes an alias, such as `mnist@production`.
    public func removeAlias(
        _ alias: String, reason: String = "removed by hand"
    ) throws(CellarError) -> RemovedAlias {
        let (model, name) = try splitAlias(alias)
        try models.removeAlias(model: model, alias: name, options: .init(reason: reason))
        return RemovedAlias(alias: alias)
    }
}

/// The parts of `mnist@best`.
func splitAlias(_ text: String) throws(CellarError) -> (model: String, alias: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw CellarError(.usage, "expected a model and its alias, as mnist@best, found \"\(text)\".")
    }
    return (String(parts[0]), String(parts[1]))
}

extension ModelStore.Promotion {
    public var json: JSON {
        [
            "alias": .string(alias), "version": .string(version.reference),
            "before": before.map { .string($0) } ?? .null,
            "reason": .string(reason), "moved": .bool(moved),
        ]
    }
}
