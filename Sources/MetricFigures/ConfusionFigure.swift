import Metrics
import Plots

extension ConfusionMatrix {
    /// A heat map: a row for each true class, a column for each predicted one.
    ///
    /// - normalisation: The shares to show; nil for numbers of rows.
    public func figure(
        title: String, subtitle: String = "", normalisation: Normalisation? = nil, width: Double = 640
    ) -> Figure {
        let size = classes.count
        let values = normalisation.map { normalised(by: $0) } ?? sums ?? counts.map(Double.init)
        let texts = values.map { value -> String in
            if normalisation != nil { return value == 0 ? "0" : value.fixed(2) }
            return value == value.rounded() ? value.fixed(0) : value.fixed(1)
        }
        // Most rows are on the diagonal. The largest number elsewhere would be pale beside it, so numbers take a share of their
        // true class for a colour.
        let shades = normalisation == nil ? normalised(by: .truth) : values
        let cells = PlotCells(
            columns: size, values: shades, texts: texts,
            scale: .sequential(0...1), hasScale: normalisation != nil)
        let panel = FigurePanel(
            x: .categories(classes, label: "predicted"),
            y: .categories(classes, label: "true", isReversed: true), marks: [.cells(cells)])
        return Figure(
            title: title, subtitle: subtitle, summary: summary(title), panels: [panel], width: width)
    }

    private func summary(_ title: String) -> String {
        let rows = ClassCounts(self)
        var worst: (truth: Int, prediction: Int, count: Int)?
        for truth in classes.indices {
            for prediction in classes.indices where truth != prediction {
                if self[truth, prediction] > worst?.count ?? 0 {
                    worst = (truth, prediction, self[truth, prediction])
                }
            }
        }
        let most = worst.map {
            " Most often confused: \(classes[$0.truth]) predicted as \(classes[$0.prediction]), \($0.count) times."
        }
        return "\(title): \(rows.hits.reduce(0, +)) of \(rows.total) rows on the diagonal.\(most ?? "")"
    }
}
