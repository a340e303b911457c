import Base
import Metrics
import Plots

/// The curves of one class against all others.
public struct ClassCurves: Sendable {
    public var name: String
    public var roc: ROCCurve
    /// Without points between others of the same recall.
    public var precisionRecall: PrecisionRecallCurve
    public var averagePrecision: Double

    public init(name: String, steps: ThresholdSteps) throws(CellarError) {
        self.name = name
        roc = try ROCCurve(steps)
        precisionRecall = try PrecisionRecallCurve(steps, dropsIntermediate: true)
        averagePrecision = try PrecisionRecallCurve(steps).averagePrecision
    }
}

/// Above this number of classes, only the classes with the lowest areas have a curve of their own colour.
private let mostCurves = 7

/// A curve for each class, in one panel.
private func figure(
    _ title: String, _ axes: (x: String, y: String),
    _ curves: [(name: String, points: [PlotPoint], area: Double)],
    _ kind: String, _ more: [PlotMark]
) -> Figure {
    var marks = more
    let worst = Set(curves.indices.sorted { curves[$0].area < curves[$1].area }.prefix(mostCurves))
    let areAll = curves.count <= mostCurves + 1
    if !areAll {
        let others = curves.indices.filter { !worst.contains($0) }
        for (place, index) in others.enumerated() {
            marks.append(
                .line(
                    PlotLine(
                        name: place == 0 ? "\(others.count) other classes" : "", points: curves[index].points,
                        paint: .series(7), width: 1)))
        }
    }
    var colour = 0
    for index in curves.indices where areAll || worst.contains(index) {
        let name = "\(curves[index].name) (\(curves[index].area.fixed(4)))"
        marks.append(.line(PlotLine(name: name, points: curves[index].points, paint: .series(colour))))
        colour += 1
    }
    let panel = FigurePanel(
        x: PlotAxis(axes.x, range: 0...1), y: PlotAxis(axes.y, range: 0...1), marks: marks, height: 420)
    let areas = curves.prefix(40).map { "\($0.name) \($0.area.fixed(4))" }.joined(separator: ", ")
    return Figure(
        title: title,
        subtitle: areAll ? kind : "\(kind); the \(mostCurves) classes with the lowest in colour",
        summary: "\(title). \(kind): \(areas).", panels: [panel])
}

/// ROC curves, one for each class against all others.
public func rocFigure(_ curves: [ClassCurves], title: String = "ROC curves") -> Figure {
    let chance = PlotLine(
        name: "chance", points: [PlotPoint(0, 0), PlotPoint(1, 1)], paint: .muted, isDashed: true, width: 1)
    return figure(
        title, ("false positive rate", "true positive rate"),
        curves.map { curve in
            let points = zip(curve.roc.falsePositiveRates, curve.roc.truePositiveRates).map {
                PlotPoint($0, $1)
            }
            return (curve.name, points, curve.roc.area)
        }, "area under the curve (AUC)", [.line(chance)])
}

/// Precision–recall curves, one for each class against all others.
public func precisionRecallFigure(_ curves: [ClassCurves], title: String = "Precision and recall") -> Figure {
    figure(
        title, ("recall", "precision"),
        curves.map { curve in
            let (x, y) = (curve.precisionRecall.recalls, curve.precisionRecall.precisions)
            // A step for each threshold: between two thresholds, the precision of the lower recall does not hold.
            var points: [PlotPoint] = []
            for place in x.indices.reversed() {
                if let last = points.last { points.append(PlotPoint(last.x, y[place])) }
                points.append(PlotPoint(x[place], y[place]))
            }
            return (curve.name, points, curve.averagePrecision)
        }, "average precision", [])
}

/// Precision, recall and F1 of a class over its threshold.
public func thresholdFigure(
    _ choices: ThresholdChoices, positive: String, chosen: Double, best: [(name: String, threshold: Double)]
) -> Figure {
    let places = (0...200).map { Double($0) / 200 }
    let points = places.map { choices.point(at: $0) }
    func line(_ name: String, _ number: Int, _ value: (ThresholdChoices.Point) -> Double) -> PlotMark {
        .line(
            PlotLine(
                name: name, points: zip(places, points).map { PlotPoint($0, value($1)) },
                paint: .series(number)))
    }
    var marks = [
        // Above the highest score nothing is predicted, and there is no precision.
        line("precision", 0) { $0.truePositives + $0.falsePositives == 0 ? .nan : $0.precision },
        line("recall", 1, \.recall), line("F1", 2, \.f1),
        line("specificity", 3, \.specificity),
    ]
    marks.append(.rule(PlotRule(.vertical, at: chosen, label: "used", paint: .foreground, isDashed: false)))
    for (name, threshold) in best where (0...1).contains(threshold) {
        marks.append(.rule(PlotRule(.vertical, at: threshold, label: name)))
    }
    let panel = FigurePanel(
        x: PlotAxis("threshold", range: 0...1), y: PlotAxis("score", range: 0...1), marks: marks, height: 340)
    return Figure(
        title: "Thresholds for \(positive)",
        subtitle:
            "a row is \(positive) if its probability is at least the threshold; used: \(chosen.fixed(4))",
        summary: "Precision, recall, F1 and specificity by threshold.", panels: [panel])
}
