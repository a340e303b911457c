import Base
import Registry

extension Store {
    /// The most versions that are compared at once.
    static var mostCompared: Int { 50 }

    /// Compares 2 to 50 versions; of a single model, the two newest.
    public func compare(_ references: [String]) throws(CellarError) -> Comparison {
        guard references.count <= Self.mostCompared else {
            throw CellarError(
                .usage,
                "expected at most \(Self.mostCompared) versions to compare, found \(references.count).",
                remedy: "Use `registry list --columns` for more.")
        }
        var versions: [ModelVersion] = []
        for reference in references { versions.append(try models.version(reference)) }
        guard versions.count < 2 else { return try models.compare(versions) }
        if let newest = versions.first, newest.reference == references[0] + ":\(newest.number)" {
            let two = try models.list(Query(model: newest.model, sort: "version", limit: 2)).versions
            if two.count == 2 { return try models.compare(two.reversed()) }
        }
        throw CellarError(
            .usage,
            "expected two versions or more to compare, as registry compare mnist:1 mnist:2; found "
                + "\(references.first ?? "none") alone.")
    }
}

extension Comparison {
    public var json: JSON {
        func rows(_ rows: [Fact], best: Bool = false) -> JSON {
            .array(
                rows.map { row in
                    var object: JSONObject = [
                        "name": .string(row.name), "values": .array(row.values.map { $0 ?? .null }),
                    ]
                    if best { object["best"] = .array(row.best.map { .string(references[$0]) }) }
                    return .object(object)
                })
        }
        return [
            "versions": .array(references.map { .string($0) }), "metrics": rows(metrics, best: true),
            "different": rows(different), "same": rows(same),
            "recipe_changes": .array(recipeChanges.map { .string($0) }),
        ]
    }
}
