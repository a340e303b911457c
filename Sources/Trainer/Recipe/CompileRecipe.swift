import Base
import KerasFile
import Network
import Yams

/// `compile`: optimizer, losses and metrics.
public struct CompileRecipe: Sendable {
    public var optimizer: any Optimizer
    /// The losses and metrics of each output of the model.
    public var objective: Objective

    public init(optimizer: any Optimizer, objective: Objective) {
        (self.optimizer, self.objective) = (optimizer, objective)
    }

    /// Takes the saved model's optimizer, losses and metrics, for a recipe without `compile`.
    init(_ start: ModelFile?, _ recipe: RecipeSection) throws(CellarError) {
        guard let start else {
            throw recipe.error(
                "compile is missing.",
                remedy:
                    "Add it, for example { optimizer: adam, loss: binary_crossentropy }. With --from it may be "
                    + "omitted; the saved model's is used.")
        }
        guard let objective = start.compiled?.objective, let optimizer = start.compiled?.optimizer else {
            let unknown = start.compiled?.unknown.first
            throw recipe.error(
                "compile is missing, and the saved model "
                    + (unknown.map { "has compile options that are not all supported: \($0)." }
                        ?? "has no compile options."),
                remedy: "Add compile to the recipe.")
        }
        self.init(optimizer: optimizer, objective: objective)
    }

    /// - outputs: The names of the model's outputs.
    init(_ section: RecipeSection, outputs: [String]) throws(CellarError) {
        var section = section
        section.options.ignore("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")
        try section.rejectUnknownKeys()
        // Keras' default is RMSprop.
        optimizer =
            try section.node("optimizer").map { (node) throws(CellarError) in
                try Self.optimizer(.named(node, what: "an optimizer", file: section.file))
            } ?? RMSprop()
        guard let lossNode = section.node("loss") else {
            throw section.error(
                "loss is missing.", remedy: "Add one, for example loss: sparse_categorical_crossentropy.")
        }
        let parts = PerOutput(section: section, outputs: outputs)
        var losses: [Loss?] = []
        for node in try parts.nodes(lossNode, "loss") {
            losses.append(try node.map { (node) throws(CellarError) in try Self.loss(node, section.file) })
        }
        guard losses.contains(where: { $0 != nil }) else {
            throw section.error("no output has a loss.", key: "loss")
        }
        var weights: [Double] = []
        for node in try section.node("loss_weights").map({ (node) throws(CellarError) in
            try parts.nodes(node, "loss_weights")
        }) ?? [] {
            // A missing output has weight 1.
            guard let node else {
                weights.append(1)
                continue
            }
            guard case .scalar(let scalar) = node, let weight = plainValue(scalar.string).double,
                weight.isFinite
            else {
                throw section.error("loss_weights must be a number per output.", key: "loss_weights")
            }
            weights.append(weight)
        }
        objective = Objective(
            losses: losses, weights: weights.isEmpty ? nil : weights,
            metrics: try Self.metrics("metrics", &section, parts),
            weightedMetrics: try Self.metrics("weighted_metrics", &section, parts))
    }

    private static func optimizer(_ named: RecipeSection) throws(CellarError) -> any Optimizer {
        var named = named
        var options = named.options.object
        // A schedule is written like a class: { ExponentialDecay: { decay_steps: 100, … } }.
        if options["learning_rate"]?.object != nil, let node = named.node("learning_rate") {
            let part = try RecipeSection.named(node, what: "a schedule", file: named.file)
            do {
                let schedule = try LearningRateSchedule(from: part.json, strict: true)
                options["learning_rate"] = schedule.json
            } catch {
                throw part.place(error)
            }
        }
        do {
            return try OptimizerTable.make(
                from: ["class_name": .string(named.title), "config": .object(options)], strict: true)
        } catch {
            throw named.place(error)
        }
    }

    private static func loss(_ node: Node, _ file: String) throws(CellarError) -> Loss {
        let named = try RecipeSection.named(node, what: "a loss", file: file)
        do { return try Loss(from: named.json, strict: true) } catch { throw named.place(error) }
    }

    private static func metrics(
        _ key: String, _ section: inout RecipeSection, _ parts: PerOutput
    ) throws(CellarError) -> [[Metric]] {
        guard let node = section.node(key) else { return parts.outputs.map { _ in [] } }
        // A flat list applies to every output.
        var nodes: [Node?] = parts.outputs.map { _ in node }
        if case .sequence(let items) = node {
            if items.contains(where: { if case .sequence = $0 { true } else { false } }) {
                nodes = try parts.nodes(node, key)
            }
        } else {
            nodes = try parts.nodes(node, key)
        }
        var all: [[Metric]] = []
        for node in nodes {
            var metrics: [Metric] = []
            for item in items(of: node) {
                let named = try RecipeSection.named(item, what: "a metric", file: section.file)
                do {
                    metrics.append(try Metric(from: named.json, strict: true))
                } catch {
                    throw named.place(error)
                }
            }
            all.append(metrics)
        }
        return all
    }

    private static func items(of node: Node?) -> [Node] {
        switch node {
        case .sequence(let items)?: Array(items)
        case .scalar(let scalar)? where plainValue(scalar.string).isNull: []
        case let node?: [node]
        case nil: []
        }
    }
}

/// Reads a value that is given once for all outputs, as a list with one entry per output, or by output name.
private struct PerOutput {
    let section: RecipeSection
    let outputs: [String]

    /// Returns one node per output; nil for an output without a value.
    func nodes(_ node: Node, _ key: String) throws(CellarError) -> [Node?] {
        func present(_ node: Node) -> Node? {
            if case .scalar(let scalar) = node, plainValue(scalar.string).isNull { return nil }
            return node
        }
        switch node {
        case .sequence(let items):
            guard items.count == outputs.count else {
                throw section.error(
                    "\(key) has \(items.count) entries, but the model has \(outputs.count) "
                        + "output\(outputs.count == 1 ? "" : "s") (\(outputs.joined(separator: ", "))).",
                    key: key)
            }
            return items.map(present)
        case .mapping(let mapping):
            var named: [String: Node] = [:]
            for (name, item) in mapping { named[try RecipeValues(file: section.file).key(name)] = item }
            guard named.keys.contains(where: outputs.contains) else { return outputs.map { _ in node } }
            if let wrong = named.keys.sorted().first(where: { !outputs.contains($0) }) {
                throw section.error(
                    "\(key) has \"\(wrong)\", but the outputs are \(outputs.joined(separator: ", ")).",
                    key: key, remedy: nearest(wrong, in: outputs).map { "Did you mean \($0)?" })
            }
            return outputs.map { named[$0].flatMap(present) }
        default: return outputs.map { _ in node }
        }
    }
}

extension RecipeSection {
    /// The class and its options in Keras' JSON form; only the name if there are no options.
    fileprivate var json: JSON {
        options.object.isEmpty
            ? .string(title) : ["class_name": .string(title), "config": .object(options.object)]
    }
}
