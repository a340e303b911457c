import Base
import Metrics
import Plots

/// At most so many points are drawn; more would only be a cloud. They are taken at equal distances.
private let mostPoints = 2_000

private func sample(_ count: Int) -> [Int] {
    count <= mostPoints ? Array(0..<count) : (0..<mostPoints).map { $0 * count / mostPoints }
}

/// Predicted values against true ones.
public func predictedFigure(truth: [Double], prediction: [Double], name: String = "value") -> Figure {
    let rows = sample(truth.count)
    let all = (truth + prediction).filter(\.isFinite)
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    let diagonal = PlotLine(
        name: "perfect", points: [PlotPoint(low, low), PlotPoint(high, high)], paint: .muted, isDashed: true,
        width: 1)
    let points = PlotPoints(points: rows.map { PlotPoint(truth[$0], prediction[$0]) }, radius: 2)
    let panel = FigurePanel(
        x: PlotAxis("true \(name)"), y: PlotAxis("predicted \(name)"),
        marks: [.line(diagonal), .points(points)],
        height: 420)
    return Figure(
        title: "Predicted against true", subtitle: subtitle(rows.count, truth.count),
        summary: "Predicted \(name) against true \(name) of \(truth.count) rows.", panels: [panel])
}

/// Residuals over predictions, and their distribution.
public func residualFigure(truth: [Double], prediction: [Double], name: String = "value") -> Figure {
    let rows = sample(truth.count)
    let residuals = zip(truth, prediction).map { $0 - $1 }
    let points = PlotPoints(points: rows.map { PlotPoint(prediction[$0], residuals[$0]) }, radius: 2)
    let zero = PlotRule(.horizontal, at: 0)
    let histogram = ValueHistogram(residuals, bins: 24)
    let (low, high) = (residuals.min() ?? 0, residuals.max() ?? 0)
    return Figure(
        title: "Residuals",
        subtitle: "true minus predicted \(name)" + (rows.count < truth.count ? "; " : "")
            + (rows.count < truth.count ? subtitle(rows.count, truth.count) : ""),
        summary: "Residuals of \(truth.count) rows from \(low.measured) to \(high.measured).",
        panels: [
            FigurePanel(
                x: PlotAxis("predicted \(name)"), y: PlotAxis("residual"),
                marks: [.rule(zero), .points(points)],
                height: 320),
            FigurePanel(
                x: PlotAxis("residual"), y: PlotAxis("rows", isIntegral: true, includesZero: true),
                marks: [
                    .histogram(
                        PlotHistogram(edges: histogram.edges, counts: histogram.counts.map(Double.init)))
                ], height: 320),
        ], columns: 2)
}

private func subtitle(_ shown: Int, _ all: Int) -> String {
    shown < all ? "\(shown) of \(all) rows, at equal distances" : "\(all) rows"
}
