import Base
import Foundation
import Plots
import Registry
import Testing

@testable import Cellar

@Suite("Figures of")
struct FigureTests {
    private func course(
        _ name: String, _ series: [(String, [Double])], resumes: [TrainingCourse.Resume] = [],
        rates: [Double] = [], restored: Int? = nil
    ) -> TrainingCourse {
        var facts = ModelFacts(name: name, created: "2026-11-22T12:30:00Z", generation: "keras-2.10-h5")
        facts.history = series.map { .init(name: $0.0, values: $0.1) }
        facts.hyperparameters.restoredEpoch = restored
        return TrainingCourse(reference: "\(name):1", facts: facts, resumes: resumes, learningRates: rates)
    }

    private func lines(_ panel: FigurePanel) -> [PlotLine] {
        panel.marks.compactMap { if case .line(let line) = $0 { line } else { nil } }
    }

    private func rules(_ panel: FigurePanel) -> [PlotRule] {
        panel.marks.compactMap { if case .rule(let rule) = $0 { rule } else { nil } }
    }

    @Test("one history have training, validation, the best epoch, the resumes and the learning rate")
    func history() {
        let figure = Figure(history: [
            course(
                "wine",
                [
                    ("loss", [3, 2, 1]), ("accuracy", [0.1, 0.2, 0.3]), ("val_loss", [3, 1, 2]),
                    ("val_accuracy", [0.1, 0.3, 0.2]),
                ],
                resumes: [.init(epoch: 1, reference: "wine:7")], rates: [0.1, 0.01, 0.01])
        ])
        #expect(figure.panels.map(\.title) == ["loss", "accuracy", "learning rate"])
        #expect(lines(figure.panels[0]).map { $0.points.map(\.y) } == [[3, 2, 1], [3, 1, 2]])
        #expect(lines(figure.panels[0])[0].points.map(\.x) == [1, 2, 3])
        #expect(rules(figure.panels[1]).map(\.value) == [1.5, 2])
        #expect(rules(figure.panels[0]).map(\.label) == ["from wine:7", "lowest val_loss, epoch 2"])
        #expect(lines(figure.panels[2])[0].isStep && figure.panels[2].y.scale == .logarithmic)
        #expect(figure.summary.contains("wine:1: 3 epochs") && figure.summary.contains("val_accuracy 0.2"))
    }

    @Test("a history without validation, with one epoch, or with values that are no numbers")
    func hardHistories() {
        let one = course("a", [("loss", [0.5])])
        #expect(one.best?.epoch == 1)
        let nan = course("b", [("loss", [.nan, 2, .infinity, 1, .nan])])
        #expect(nan.best?.epoch == 4)
        #expect(course("c", [("loss", [.nan])]).best == nil)
        #expect(course("d", [("val_loss", [1, 2, 3])], restored: 3).best?.epoch == 3)
        for courses in [
            [one], [nan], [one, nan], (0..<40).map { course("model-\($0)", [("loss", [1, .nan])]) },
        ] {
            let svg = Figure(history: courses).drawing.svg()
            let hasGaps = courses.contains {
                $0.facts.history.contains { $0.values.contains { !$0.isFinite } }
            }
            #expect(svg.contains(">not a number<") == hasGaps)
        }
    }

    @Test("several histories have a colour for each version")
    func overlaid() {
        let figure = Figure(history: [
            course("a", [("loss", [1, 2]), ("val_loss", [2, 3])]),
            course("b", [("loss", [1, 2]), ("val_loss", [2, 3])]),
        ])
        #expect(figure.panels.count == 1)
        #expect(lines(figure.panels[0]).map(\.paint) == [.series(0), .series(0), .series(1), .series(1)])
        #expect(lines(figure.panels[0]).map(\.isDashed) == [true, false, true, false])
        #expect(rules(figure.panels[0]).isEmpty)
        #expect(figure.legend?.suffix(2).map(\.name) == ["a:1", "b:1"])
    }

    @Test("resumed versions know where they were resumed, and the learning rate of each run")
    func resumed() throws {
        try TrainedStore.with(versions: 1) { trained in
            try trained.fit(epochs: 4, from: "small:1")
            try trained.fit(epochs: 5, from: "small:2")
            let course = try #require(try trained.store.courses(of: ["small:3"]).first)
            #expect(
                course.resumes == [
                    .init(epoch: 2, reference: "small:1"), .init(epoch: 4, reference: "small:2"),
                ])
            #expect(course.epochs == 5 && course.learningRates.count == 5)
            #expect(Set(course.learningRates).count == 1 && course.learningRates[0] > 0)
            // The same version under two references is drawn once.
            #expect(try trained.store.courses(of: ["small:3", "small"]).count == 1)
            let compared = try trained.store.compare(["small:1", "small:3"])
            let figure = Figure(comparison: compared)
            #expect(figure.panels.count == compared.metrics.count + 1)
            guard case .bars(let bars)? = figure.panels[0].marks.first else { throw Missing.mark }
            #expect(bars.values.map { Optional($0) } == compared.metrics[0].values.map { $0?.double })
            guard case .parallel(let parallel)? = figure.panels.last?.marks.first else { throw Missing.mark }
            #expect(parallel.items.map(\.name) == ["small:1", "small:3"])
            #expect(parallel.dimensions.contains { $0.name == "epochs" && $0.values == .numbers([2, 5]) })
            let found = try trained.store.lineage(of: "small:2")
            #expect(found.dot.contains("-> \"run ") && found.dot.contains("shape=folder"))
            let lineage = Figure(lineage: found)
            guard case .graph(let graph)? = lineage.panels[0].marks.first else { throw Missing.mark }
            #expect(graph.nodes.map(\.lines[0]).prefix(3) == ["small:2", "run", "small:1"])
            #expect(
                graph.edges.map(\.label).sorted() == ["resumed-from", "resumed-from", "saved", "trained on"])
        }
    }

    @Test("a prediction have the picture, the network's input and the scores")
    func prediction() throws {
        try SmallStore.make { small in
            var request = PredictRequest(files: [SmallStore.digit], models: ["mnist:1", "mnist:2"])
            request.keepsInputs = true
            let result = try small.store.predict(request)
            let figure = try Figure(prediction: result, of: request.files[0])
            #expect(figure.title == "Predicted 3, 7" && figure.panels.count == 3)
            guard case .cells(let cells)? = figure.panels[2].marks.first else { throw Missing.mark }
            #expect(cells.columns == 28 && cells.rows == 28 && cells.texts.count == 784)
            #expect(cells.values.max() == 1 && cells.values.min() == 0)
            guard case .bars(let bars)? = figure.panels[1].marks.last else { throw Missing.mark }
            #expect(bars.values[7] > 0.99 && bars.values.count == 10)

            var unsure = result
            unsure.predictions = [result.predictions[1]]
            unsure.predictions[0].status = .unsure
            unsure.predictions[0].alternatives = ["7", "1"]
            let doubt = try Figure(prediction: unsure, of: request.files[0])
            #expect(doubt.title == "Not sure: 7 or 1" && !doubt.subtitle.contains("%"))
            unsure.predictions[0].status = .several
            unsure.predictions[0].digits = ["2", "6"].map {
                DigitAnswer(label: $0, probability: 0.9, isSure: true, left: 0, top: 0, width: 1, height: 1)
            }
            let several = try Figure(prediction: unsure, of: request.files[0])
            #expect(several.title == "More than one digit (2)" && !several.subtitle.contains("%"))
            unsure.predictions[0].status = .unsure
            #expect(try Figure(prediction: unsure, of: request.files[0]).title == "Not sure: 7")
            guard case .bars(let each)? = several.panels[1].marks.last else { throw Missing.mark }
            #expect(each.values.map { Float($0) } == [0.9, 0.9])
        }
    }

    private enum Missing: Error { case mark }
}
