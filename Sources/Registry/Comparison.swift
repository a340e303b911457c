import Base

/// The differences and common facts of two or more versions.
public struct Comparison: Equatable, Sendable {
    /// The values of one fact for every version; nil for a version without it.
    public struct Fact: Equatable, Sendable {
        /// `dataset.path`, `hyperparameters.learning_rate`, `val_accuracy` …
        public let name: String
        public let values: [JSON?]
        /// Positions of the versions with the best value, for a metric with a known direction.
        public let best: [Int]

        var differs: Bool { values.contains { $0 != values.first } }
    }

    public let references: [String]
    /// All metrics, different or not.
    public let metrics: [Fact]
    public let different: [Fact]
    public let same: [Fact]
    /// Lines of the recipes that differ: those only in the first (`-`), then those only in the last (`+`).
    public let recipeChanges: [String]
}

extension ModelStore {
    public func compare(_ versions: [ModelVersion]) throws(CellarError) -> Comparison {
        var facts: [ModelFacts] = []
        for version in versions { facts.append(try self.facts(of: version)) }
        return Comparison(versions, facts)
    }
}

extension Comparison {
    public init(_ versions: [ModelVersion], _ facts: [ModelFacts]) {
        self.init(
            zip(versions, facts).map { version, facts in
                Side(
                    reference: version.reference, facts: facts, sha256: version.sha256, size: version.size,
                    metrics: version.metrics.map { ($0.name, $0.value) })
            })
    }

    public init(_ sides: [Side]) {
        references = sides.map(\.reference)
        let rows = Self.rows(sides.map(Self.members))
        different = rows.filter(\.differs)
        same = rows.filter { !$0.differs }
        metrics = Self.rows(
            sides.map { side in side.metrics.map { ($0.name, JSON.number($0.value)) } }
        ).map { row in
            Fact(name: row.name, values: row.values, best: Self.best(row))
        }
        recipeChanges = Self.changes(sides.first?.facts.recipe, sides.last?.facts.recipe)
    }

    /// Returns the facts of one model without its metrics, flattened, in display order.
    private static func members(_ side: Side) -> [(String, JSON)] {
        let facts = side.facts
        var all: [(String, JSON)] = []
        func add(_ name: String, _ value: JSON?) {
            switch value {
            case nil, .null?, .string("")?: break
            case .object(let object)?:
                for (key, value) in object.members { add(name + "." + key, value) }
            case .array(let values)? where values.isEmpty: break
            case let value?: all.append((name, value))
            }
        }
        add("created", .string(facts.created))
        add("task", facts.task.map { .string($0.rawValue) })
        add("architecture", .string(facts.architecture))
        add("trainable_parameters", .integer(facts.trainableParameters))
        add("non_trainable_parameters", .integer(facts.nonTrainableParameters))
        let json = facts.json
        add("hyperparameters", json["hyperparameters"])
        add("epochs", .integer(facts.history.map(\.values.count).max() ?? 0))
        for key in [
            "seed", "dataset", "classes", "features", "picture", "generation", "training_seconds", "host",
            "command_line",
        ] { add(key, json[key]) }
        add("parents", .array(facts.parents.map { .string("\($0.kind.rawValue) \($0.reference)") }))
        add("size", side.size.map { .integer($0) })
        add("sha256", side.sha256.map { .string($0) })
        return all
    }

    /// Joins the versions' members by name, in order of first occurrence.
    private static func rows(_ versions: [[(String, JSON)]]) -> [Fact] {
        var order: [String] = []
        var values: [String: [JSON?]] = [:]
        for (i, members) in versions.enumerated() {
            for (name, value) in members {
                if values[name] == nil {
                    order.append(name)
                    values[name] = Array(repeating: nil, count: versions.count)
                }
                values[name]?[i] = value
            }
        }
        return order.map { Fact(name: $0, values: values[$0] ?? [], best: []) }
    }

    /// Returns the versions with the best value; empty if all that have one are equal or the metric's direction is unknown.
    private static func best(_ row: Fact) -> [Int] {
        let numbers = row.values.enumerated().compactMap { entry in
            entry.element?.double.flatMap { $0.isNaN ? nil : (entry.offset, $0) }
        }
        guard let direction = MetricName.direction(of: row.name), Set(numbers.map(\.1)).count > 1 else {
            return []
        }
        let best = direction == .highest ? numbers.map(\.1).max() : numbers.map(\.1).min()
        return numbers.filter { $0.1 == best }.map(\.0)
    }

    private static func changes(_ old: String?, _ new: String?) -> [String] {
        guard let old, let new, old != new else { return [] }
        let difference = new.split(separator: "\n").difference(from: old.split(separator: "\n"))
        return difference.removals.compactMap {
            if case .remove(_, let line, _) = $0 { "- \(line)" } else { nil }
        }
            + difference.insertions.compactMap {
                if case .insert(_, let line, _) = $0 { "+ \(line)" } else { nil }
            }
    }
}
