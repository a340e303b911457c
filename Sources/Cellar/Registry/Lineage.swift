import Base
import Registry

extension Store {
    public func lineage(of reference: String) throws(CellarError) -> Lineage {
        try models.lineage(of: models.version(reference))
    }
}

extension Lineage {
    public var json: JSON {
        [
            "reference": .string(name), "aliases": .array(aliases.map { .string($0) }),
            "dataset": data.map { ["path": .string($0.path), "sha256": .string($0.sha256)] } ?? .null,
            "run": run.map { .string($0) } ?? .null, "ancestors": .array(ancestors.map(\.json)),
            "descendants": .array(descendants.map(\.json)),
            "evaluations": .array(evaluations.map(\.json)),
            "promotions": .array(
                promotions.map {
                    [
                        "alias": .string($0.alias), "time": .string($0.time), "who": .string($0.who),
                        "reason": .string($0.reason), "evidence": $0.evidence ?? .null,
                    ]
                }),
        ]
    }
}

extension Lineage.Relative {
    fileprivate var json: JSON {
        [
            "reference": .string(name), "sha256": .string(sha256),
            "kind": kind.map { .string($0.rawValue) } ?? .null,
            "created": created.map { .string($0) } ?? .null,
            "aliases": .array(aliases.map { .string($0) }), "remark": remark.map { .string($0) } ?? .null,
            "next": .array(next.map(\.json)),
        ]
    }
}
