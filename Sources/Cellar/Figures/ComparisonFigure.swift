import Base
import Plots
import Registry

extension Figure {
    /// The metrics of versions side by side, and parallel coordinates of the hyper-parameters in which they differ.
    public init(comparison: Comparison) {
        let names = comparison.references
        self.init(
            title: names.count == 2 ? "\(names[0]) and \(names[1])" : "Comparison of \(names.count) versions",
            subtitle: "* is the best value of a metric whose name tells which end is better",
            summary: Self.summary(comparison), panels: comparison.metrics.compactMap { Self.bars($0, names) })
        let isNarrow = names.allSatisfy { $0.count <= 16 } && panels.count > 1
        columns = isNarrow ? 2 : 1
        if let parallel = Self.parallel(comparison) { panels.append(parallel) }
        legend = names.enumerated().map { LegendEntry($1, .series($0)) }
    }

    private static func bars(_ metric: Comparison.Fact, _ names: [String]) -> FigurePanel? {
        let values = metric.values.map { $0?.double ?? .nan }
        guard values.contains(where: \.isFinite) else { return nil }
        let labels = values.enumerated().map { index, value in
            value.isNaN ? "" : shortNumber(value) + (metric.best.contains(index) ? " *" : "")
        }
        return FigurePanel(
            title: metric.name, x: PlotAxis(isHidden: true), y: .categories(names, isReversed: true),
            marks: [
                .bars(
                    PlotBars(
                        values: values, isHorizontal: true, labels: labels,
                        paints: names.indices.map { .series($0) }))
            ], height: 30 + 20 * Double(names.count))
    }

    /// More axes than these leave no room for their names.
    private static let mostDimensions = 8

    private static func parallel(_ comparison: Comparison) -> FigurePanel? {
        let prefix = "hyperparameters."
        let known = ["seed", "epochs", "trainable_parameters", "dataset.sha256"]
        // What every model has says more than what only one optimizer knows.
        let first = ["optimizer", "learning_rate", "batch_size", "loss"].map { prefix + $0 } + known
        func rank(_ fact: Comparison.Fact) -> Int {
            first.firstIndex(of: fact.name) ?? first.count + (fact.values.contains { $0 == nil } ? 1 : 0)
        }
        // The epochs that were asked for say less than those that were trained.
        let facts = comparison.different
            .filter { $0.name.hasPrefix(prefix) && $0.name != prefix + "epochs" || known.contains($0.name) }
            .enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(
                \.element)
        guard !facts.isEmpty else { return nil }
        // One result at the end: what the settings led to.
        let result =
            ["val_accuracy", "val_loss", "test_accuracy", "test_loss", "accuracy", "loss"].lazy.compactMap {
                name in
                comparison.metrics.first { $0.name == name }
            }.first ?? comparison.metrics.first
        let room = mostDimensions - (result == nil ? 0 : 1)
        let dimensions = facts.prefix(room).map { fact in
            dimension(
                fact, fact.name.hasPrefix(prefix) ? String(fact.name.dropFirst(prefix.count)) : fact.name)
        }
        let items = comparison.references.enumerated().map { ParallelPlot.Item($1, paint: .series($0)) }
        let more = facts.count > room ? ", \(facts.count - room) more in registry compare" : ""
        return FigurePanel(
            title: "settings that differ\(more)",
            marks: [
                .parallel(
                    ParallelPlot(
                        items: items, dimensions: dimensions + (result.map { [dimension($0, $0.name)] } ?? [])
                    ))
            ], isWide: true)
    }

    private static func dimension(_ fact: Comparison.Fact, _ name: String) -> ParallelPlot.Dimension {
        let numbers = fact.values.map { $0?.double }
        let isNumeric = zip(fact.values, numbers).allSatisfy { $0 == nil || $0 == .null || $1 != nil }
        guard isNumeric, numbers.contains(where: { $0 != nil }) else {
            return .init(name, .names(fact.values.map { $0.map { $0.string ?? $0.text() } }))
        }
        let known = numbers.compactMap { $0 }
        let isLogarithmic = known.allSatisfy { $0 > 0 } && (known.max() ?? 1) >= 20 * (known.min() ?? 1)
        return .init(name, .numbers(numbers.map { $0 ?? .nan }, isLogarithmic: isLogarithmic))
    }

    private static func summary(_ comparison: Comparison) -> String {
        comparison.metrics.map { metric in
            let values = zip(comparison.references, metric.values).map { name, value in
                "\(name) \(value?.double.map { shortNumber($0) } ?? "none")"
            }
            return "\(metric.name): \(values.joined(separator: ", "))."
        }.joined(separator: " ")
    }
}
