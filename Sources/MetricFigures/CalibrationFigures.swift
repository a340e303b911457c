import Base
import Metrics
import Plots

/// A reliability diagram: how often the prediction is right, by how sure the model is.
public func reliabilityFigure(
    _ series: [(name: String, reliability: Reliability)], title: String = "Calibration"
) -> Figure {
    let ideal = PlotLine(
        name: "perfect", points: [PlotPoint(0, 0), PlotPoint(1, 1)], paint: .muted, isDashed: true, width: 1)
    var marks: [PlotMark] = [.line(ideal)]
    for (number, entry) in series.enumerated() {
        let bins = entry.reliability.bins.filter { $0.rows > 0 }
        let points = bins.map { PlotPoint($0.meanProbability ?? 0, $0.frequency ?? 0) }
        let intervals = bins.map { bin in
            let x = bin.meanProbability ?? 0
            return PlotSegments.Segment(
                PlotPoint(x, bin.interval?.lower ?? 0), PlotPoint(x, bin.interval?.upper ?? 0))
        }
        let paint = Paint.series(number)
        marks.append(.segments(PlotSegments(intervals, paint: paint, width: 1, hasCaps: true)))
        let error = "ECE \(entry.reliability.expectedError.fixed(4))"
        marks.append(
            .line(
                PlotLine(
                    name: entry.name.isEmpty ? error : "\(entry.name), \(error)", points: points,
                    paint: paint,
                    hasMarkers: true)))
    }
    let panel = FigurePanel(
        x: PlotAxis("predicted probability", range: 0...1), y: PlotAxis("share that is right", range: 0...1),
        marks: marks, height: 420)
    return Figure(
        title: title, subtitle: "bins of equal width, with 95 % intervals (Wilson)",
        summary: "Reliability diagram. "
            + series.map { "\($0.name) expected calibration error \($0.reliability.expectedError.fixed(4))" }
            .joined(separator: ", ") + ".", panels: [panel])
}

/// The distribution of the predicted class's probability, of rows that are predicted right and of others.
public func confidenceFigure(_ right: [Double], wrong: [Double], label: String = "probability") -> Figure {
    let all = right + wrong
    let isShare = all.allSatisfy { (0...1).contains($0) }
    let edges = isShare ? (0...20).map { Double($0) / 20 } : ValueHistogram(all, bins: 20).edges
    func panel(_ title: String, _ values: [Double], _ colour: Int) -> FigurePanel {
        FigurePanel(
            title: "\(title) (\(values.count))",
            x: PlotAxis("\(label) of the predicted class", range: edges[0]...edges[20]),
            y: PlotAxis("rows", isIntegral: true, includesZero: true),
            marks: [
                .histogram(
                    PlotHistogram(
                        edges: edges, counts: ValueHistogram(values, edges: edges).counts.map(Double.init),
                        paint: .series(colour)))
            ],
            height: 240)
    }
    return Figure(
        title: "Confidence", subtitle: "each panel has its own scale",
        summary:
            "Histograms of the predicted class's \(label): \(right.count) rows right, \(wrong.count) wrong.",
        panels: [panel("right", right, 0), panel("wrong", wrong, 1)], columns: 2)
}
