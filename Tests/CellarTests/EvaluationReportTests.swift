import Base
import Cellar
import EventFiles
import Foundation
@testable import KerasFile
import Plots
import Registry
import TestSupport
import Testing

@testable import Infer

private let table = """
    label,b,a
    good,0,2
    bad,2,0
    good,1,0
    bad,0,0.25
    good,0,1
    bad,3,1

    """

@Test("a report has a page, and each part as text, JSON, CSV and SVG")
func reportFiles() throws {
    try SmallStore.make { place in
        var request = EvaluateRequest(data: try place.file("in.csv", table), report: place.path("r"))
        request.models = ["small"]
        _ = try place.store.evaluate(request)
        let page = try place.text("r/report.html")
        for id in [
            "metrics", "classification-report", "confusion-matrix", "roc", "precision-recall", "calibration",
            "confidence", "thresholds", "mistakes",
        ] {
            #expect(page.contains("<section id=\"\(id)\""), "\(id)")
            #expect(place.exists("r/\(id.replacing("-", with: "_")).txt"), "\(id)")
        }
        #expect(!page.contains("src=\"http") && !page.contains("href=\"http") && !page.contains("<script"))
        for name in ["roc.svg", "roc.json", "roc.csv", "confusion_matrix_normalized.svg", "mistakes.csv"] {
            #expect(place.exists("r/" + name), "\(name)")
        }
        // sklearn.metrics.roc_auc_score([1, 0, 1, 0, 1, 0], [2, -2, -1, .25, 1, -2])
        let roc = try JSON(parsing: Array(place.text("r/roc.json").utf8))
        #expect(abs((roc["good"]?["auc"]?.double ?? 0) - 8.0 / 9) < 1e-12)
        // Two mistakes: sigmoid(0.25) = 0.562 good that is bad, and 1 - sigmoid(-1) = 0.731 bad that is good.
        let mistakes = try place.text("r/mistakes.csv").split(separator: "\n")
        #expect(mistakes.count == 3 && mistakes[1].hasPrefix("3,bad,good,0.7311"))
        // numpy.median([0.5622, 0.7311])
        #expect(
            try place.text("r/confidence.csv").split(separator: "\n").last
                == "wrong,2,0.6466,0.5622,0.6466,0.7311")
        #expect(try place.text("r/confusion_matrix.csv") == "truth,bad,good\nbad,2,1\ngood,1,2\n")
    }
}

@Test("several models have a page with their paired differences")
func comparisonPage() throws {
    try SmallStore.make { place in
        var request = EvaluateRequest(data: try place.file("in.csv", table), report: place.path("r"))
        request.models.options.threshold = 0.2
        request.models.references = ["small"]
        _ = try place.store.evaluate(request)
        var both = EvaluateRequest(data: request.data, report: place.path("both"))
        let other = place.store.path(of: try place.store.show("small").version)
        both.models = ["small", .init(other)]
        _ = try place.store.evaluate(both)
        let page = try place.text("both/report.html")
        #expect(page.contains("Paired differences") && page.contains("+0.0000"))
        #expect(page.contains("<a href=\"small-1/report.html\">small-1/report.html</a>"))
        #expect(page.contains("accuracy, 95 % interval"))
        #expect(place.exists("both/small-1/report.html"))
    }
}

@Test("a report of values has residuals, and of R² what scikit-learn has")
func valueReport() throws {
    try SmallStore.make { place in
        var request = EvaluateRequest(
            data: try place.file("in.csv", "x,y\n0,1\n1,3.5\n2,5\n3,6\n"), target: ["y"],
            report: place.path("r"))
        request.models = ["line"]
        _ = try place.store.evaluate(request)
        let errors = try JSON(parsing: Array(place.text("r/errors.json").utf8))
        // r2_score([1, 3.5, 5, 6], [1, 3, 5, 7]); mean_absolute_error
        #expect(abs((errors["r2"]?.double ?? 0) - 0.9118942731277533) < 1e-12)
        #expect(errors["mean_absolute_error"] == 0.375)
        #expect(try place.text("r/report.html").contains("Predicted against true"))
        // Files of text have more than a title.
        #expect(place.exists("r/residuals.svg") && place.exists("r/errors.txt"))
        #expect(!place.exists("r/residuals.txt"))
        var both = EvaluateRequest(data: request.data, target: ["y"], report: place.path("both"))
        both.models = ["line", .init(place.store.path(of: try place.store.show("line").version))]
        _ = try place.store.evaluate(both)
        #expect(try !place.text("both/report.html").contains("accuracy, 95 % interval"))
    }
}

@Test("a threshold decides, and is kept with a new version")
func thresholds() throws {
    try SmallStore.make { place in
        let data = try place.file("in.csv", table)
        var request = EvaluateRequest(data: data, models: ["small"])
        request.models.options.threshold = 0.25
        // sigmoid(-1) = 0.269 is good now: five of six are right.
        #expect(try place.store.evaluate(request).json["confusion_matrix"]?["matrix"] == [[2, 1], [0, 3]])
        (request.models.options.positive, request.models.options.threshold) = ("bad", 0.5)
        #expect(try place.store.evaluate(request).json["confusion_matrix"]?["matrix"] == [[2, 1], [1, 2]])
        (request.models.options.positive, request.models.options.threshold) = ("good", 0.25)
        request.keepsDecision = true
        let kept = try place.store.evaluate(request)
        #expect(kept.adjusted.map(\.version.reference) == ["small:2"])
        // The new version decides so by itself, also where it scores; the old one as before.
        #expect(
            try place.store.evaluate(EvaluateRequest(data: data, models: ["small:2"])).json[
                "confusion_matrix"]?["matrix"]
                == [[2, 1], [0, 3]])
        #expect(
            try place.store.evaluate(EvaluateRequest(data: data, models: ["small:1"])).json[
                "confusion_matrix"]?["matrix"]
                == [[2, 1], [1, 2]])
        #expect(try place.store.lineage(of: "small:2").text.contains("adjusted-from small:1"))
        request.models.options.positive = "god"
        #expect(category { () throws(CellarError) in _ = try place.store.evaluate(request) } == .usage)
        request.models.options = .init()
        request.models.options.threshold = 1.5
        #expect(category { () throws(CellarError) in _ = try place.store.evaluate(request) } == .usage)
    }
}

@Test("a temperature becomes part of a new version's weights")
func calibrates() throws {
    try SmallStore.make { place in
        let data = try place.file("in.csv", table)
        var request = EvaluateRequest(data: data, models: ["small:1"])
        request.calibrates = true
        let found = try place.store.evaluate(request)
        let temperature = try #require(found.adjusted.first?.temperature)
        let version = try #require(found.adjusted.first?.version)
        #expect(version.reference == "small:2" && temperature.lossAfter < temperature.lossBefore)
        // The loss of the new version is the one that was promised, and its best temperature is 1.
        request.models = ["small:2"]
        let again = try place.store.evaluate(request)
        #expect(abs(again.evaluations[0].loss - temperature.lossAfter) < 1e-6)
        #expect(abs((again.adjusted.first?.temperature?.value ?? 0) - 1) < 1e-5)
        #expect(
            try place.store.models.facts(of: version).calibration?["temperature"]?.double == temperature.value
        )
        request.models = ["line"]
        request.target = ["x"]
        request.data = try place.file("x.csv", "x,y\n1,2\n2,3\n")
        request.target = ["y"]
        #expect(category { () throws(CellarError) in _ = try place.store.evaluate(request) } == .usage)
    }
}

@Test("a renamed model is kept with another threshold under its name, not under the one in its file")
func keepsRenamed() throws {
    try SmallStore.make { place in
        _ = try place.store.models.rename("small", to: "tiny")
        var request = EvaluateRequest(data: try place.file("in.csv", table), models: ["tiny:1"])
        (request.models.options.positive, request.models.options.threshold) = ("good", 0.25)
        request.keepsDecision = true
        #expect(try place.store.evaluate(request).adjusted.map(\.version.reference) == ["tiny:2"])
    }
}

@Test("a file that Keras wrote is kept under its file's name, with the classes and columns that were given")
func keepsKerasFile() throws {
    try SmallStore.make { place in
        let file = place.path("Wine made (1).h5")
        var contents = try readModel(.unchecked(place.store.models.file(of: "small:1").path))
        contents.facts = nil
        try writeModel(contents, to: file)
        var request = EvaluateRequest(data: try place.file("in.csv", table), models: [file])
        (request.models.options.classes, request.models.options.features) = (["bad", "good"], ["a", "b"])
        (request.models.options.positive, request.models.options.threshold) = ("good", 0.25)
        request.target = ["label"]
        request.keepsDecision = true
        let kept = try #require(try place.store.evaluate(request).adjusted.first?.version)
        #expect(kept.model == ModelStore.modelName(ofFile: file) && kept.number == 1)
        let facts = try place.store.models.facts(of: kept)
        #expect(facts.classes == ["bad", "good"] && facts.features == ["a", "b"])
    }
}

@Test("a temperature moves a kept threshold, so that the answers stay", arguments: ["good", "bad"])
func movesThresholds(_ positive: String) throws {
    try SmallStore.make { place in
        var request = EvaluateRequest(data: try place.file("in.csv", table), models: ["small:1"])
        (request.models.options.positive, request.models.options.threshold) = (positive, 0.25)
        request.keepsDecision = true
        #expect(try place.store.evaluate(request).adjusted.map(\.version.reference) == ["small:2"])
        (request.models, request.keepsDecision, request.calibrates) = (["small:2"], false, true)
        let found = try #require(try place.store.evaluate(request).adjusted.first)
        let temperature = try #require(found.temperature).value
        // The logistic function of logit(0.25) / T
        let wanted = 1 / (1 + exp(-log(0.25 / 0.75) / temperature))
        let moved = try #require(found.threshold)
        #expect(temperature != 1 && moved.before == 0.25 && abs(moved.after - wanted) < 1e-12)
        #expect(found.text.contains("so that it answers as before"))
        func matrix(_ reference: String) throws -> JSON? {
            try place.store.evaluate(EvaluateRequest(data: request.data, models: [reference])).json[
                "confusion_matrix"]?["matrix"]
        }
        #expect(try matrix("small:3") == matrix("small:2"))
        let shown = try place.store.show("small:3").json
        #expect(shown["decision"]?["threshold"]?.double == moved.after)
        #expect(shown["calibration"]?["temperature"]?.double == temperature)
    }
}

@Test("a threshold at a row's probability stays on its side of it; what 32 bits cannot tell apart moves none")
func movedThresholds() {
    var outcome = EvaluationDetails.Classes(names: ["a", "b"], kind: .probability)
    outcome.scores = [0.9, 0.1, 0.4, 0.6, 0.3, 0.7]
    for temperature in [0.2, 0.5, 1.5, 4] {
        let moved = outcome.moved(Double(Float(0.6)), positive: 1, by: temperature) ?? 0
        let (below, above) = (0.1, Double(Float(0.6)))
        func at(_ p: Double) -> Double { 1 / (1 + exp(-log(p / (1 - p)) / temperature)) }
        #expect(moved < at(above) && moved > at(above) - 2e-6 && moved > at(below))
    }
    outcome.scores = [0.0001, 0.9999, 0.00001, 0.99999]
    #expect(outcome.moved(0.99995, positive: 1, by: 0.05) == nil)
}

@Test("an evaluation is recorded in the log, the lineage and the card; what cannot be is refused first")
func recorded() throws {
    try SmallStore.make { place in
        var request = EvaluateRequest(data: try place.file("in.csv", table), models: ["small"])
        request.isRecorded = true
        _ = try place.store.evaluate(request)
        let version = try place.store.show("small").version
        let found = try place.store.models.evaluations(of: version)
        #expect(found.count == 1 && found[0].metrics["samples"] == 6 && found[0].sha256.count == 64)
        #expect(try place.store.log("small:1").map(\.kind) == ["registered", "evaluated"])
        _ = try place.store.promote(
            PromoteRequest(.version("small:1", reason: "the best"), alias: "production"))
        let lineage = try place.store.lineage(of: "small")
        #expect(
            lineage.text.contains("evaluated on ")
                && lineage.text.contains("promoted to @production: the best"))
        #expect(lineage.dot.contains("evaluation 1") && lineage.dot.contains("promotion 1"))
        guard case .graph(let graph)? = Figure(lineage: lineage).panels[0].marks.first else {
            Issue.record("no graph")
            return
        }
        #expect(Set(graph.edges.map(\.label)).isSuperset(of: ["evaluated", "promoted"]))
        #expect(
            lineage.json["evaluations"]?.array?.count == 1 && lineage.json["promotions"]?.array?.count == 1)
        // A file is no version.
        let copy = place.path("copy.h5")
        try FileManager.default.copyItem(atPath: place.store.path(of: version), toPath: copy)
        request.models = .init([copy])
        #expect(throws: CellarError.self) { try place.store.evaluate(request) }
        #expect(try place.store.models.evaluations(of: version).count == 1)
    }
}

@Test("gradients times inputs and shuffled columns explain a model by hand")
func explains() throws {
    try SmallStore.make { place in
        let data = try place.file("in.csv", table)
        var request = ExplainRequest(file: data, models: ["small"])
        request.row = 1
        // The logit of good is a - b, with a = 2 and b = 0.
        let row = try place.store.explain(request)
        #expect(row.answer == "good" && row.methods[0].values.map(\.name) == ["a", "b"])
        // The means of a and b are 4.25 / 6 and 1.
        #expect(abs(row.methods[0].values[0].mean - (2 - 4.25 / 6)) < 1e-5)
        #expect(abs(row.methods[0].values[1].mean - 1) < 1e-5)
        request.label = "bad"
        #expect(abs(try place.store.explain(request).methods[0].values[0].mean + (2 - 4.25 / 6)) < 1e-5)
        request.row = 7
        #expect(category { () throws(CellarError) in _ = try place.store.explain(request) } == .usage)
        (request.row, request.label) = (nil, nil)
        let shuffled = try place.store.explain(request)
        #expect(abs(shuffled.score - 4.0 / 6) < 1e-12)
        #expect(shuffled.json["importance"]?["permutation"]?.array?.count == 2)
        #expect(try place.store.explain(request).json == shuffled.json)
        // A model of zeros does not look at any pixel.
        let picture = try place.store.explain(ExplainRequest(file: SmallStore.digit, models: ["mnist:1"]))
        #expect(
            picture.methods.count == 2 && picture.methods.allSatisfy { $0.values.allSatisfy { $0.mean == 0 } }
        )
    }
}

@Test("logs of TensorBoard are listed beside the versions")
func importsLogs() throws {
    try SmallStore.make { place in
        for (run, loss) in [("a", 0.5), ("b/log_1", 0.25)] {
            for part in ["train", "validation"] {
                let file = try EventFile(in: place.path("logs/\(run)/\(part)"))
                for epoch in 0..<3 {
                    let value = Float(loss) + Float(abs(epoch - 1))
                    try file.write(Event(time: 10, step: epoch, content: .scalar(tag: "epoch_loss", value)))
                }
                try file.write(Event(time: 10, step: 9, content: .scalar(tag: "batch_loss", 0)))
            }
        }
        let runs = try place.store.importLogs(ImportLogsRequest(folder: place.path("logs")))
        #expect(runs.filter { !$0.isVersion }.map(\.name).sorted() == ["a", "b/log_1"])
        let run = try #require(runs.first { $0.name == "b/log_1" })
        #expect(run.epochs == 3 && run.best("val_loss") == 0.25 && run.last("loss") == 1.25)
        #expect(run.metrics.map(\.name) == ["loss", "val_loss"])
        #expect(runs.filter(\.isVersion).count == 4)
        // The epoch's number counts, whatever else has its name.
        let twice = try EventFile(in: place.path("logs/twice/train"))
        for (tag, value) in [("loss", Float(7)), ("epoch_loss", 1), ("loss", 8)] {
            try twice.write(Event(time: 5, step: 1, content: .scalar(tag: tag, value)))
        }
        let other = try EventFile(in: place.path("logs/twice"))
        try other.write(Event(time: 5, step: 1, content: .scalar(tag: "epoch_loss", 9)))
        let found = try place.store.importLogs(ImportLogsRequest(folder: place.path("logs"))).first {
            $0.name == "twice"
        }
        #expect(found?.metrics.map(\.name) == ["loss"] && found?.last("loss") == 1)
        _ = try place.file("logs/events.out.tfevents.broken", "this is no event file at all, not one byte")
        let broken = try place.store.importLogs(ImportLogsRequest(folder: place.path("logs"))).first {
            $0.name == "."
        }
        #expect(broken?.problem?.contains("checksum") == true)
        #expect(
            category { () throws(CellarError) in
                _ = try place.store.importLogs(ImportLogsRequest(folder: place.path("none")))
            } == .noInput)
    }
}

@Test("a training that began again in the same folder counts from its first step on", arguments: [0, 2, 3])
func restartedLogs(first: Int) throws {
    try SmallStore.make { place in
        // Three epochs, and then two from `first` on: 0 is a new training, 2 one that goes on from a checkpoint.
        for (training, (steps, loss)) in [(0..<3, Float(1)), (first..<first + 2, 2)].enumerated() {
            for part in ["train", "validation"] where part == "train" || training == 0 {
                let time = Double(100 * (training + 1))
                let file = try EventFile(in: place.path("logs/a/\(part)"))
                for step in steps {
                    try file.write(
                        Event(
                            time: time + Double(step), step: step,
                            content: .scalar(tag: "epoch_loss", loss + Float(step) / 10)))
                }
            }
        }
        let run = try #require(place.store.importLogs(ImportLogsRequest(folder: place.path("logs"))).first)
        #expect(run.epochs == first + 2)
        // The newest training has no validation: the last epoch with both is one of the first training.
        #expect(
            run.last("loss") == [0: Double(Float(2.1)), 2: Double(Float(1.1)), 3: Double(Float(1.2))][first])
        #expect(run.best("loss") == (first == 0 ? 2 : 1))
        #expect(run.last("val_loss") == [0: nil, 2: Double(Float(1.1)), 3: Double(Float(1.2))][first])
        #expect(run.problem?.contains("began again at step \(first)") == (first == 3 ? false : true))
        #expect(run.problem?.contains("those of step \(first - 1)") == (first > 0))
    }
}

@Test("what a damaged log has before the damage is shown")
func damagedLog() throws {
    try SmallStore.make { place in
        let file = try EventFile(in: place.path("logs/a/train"))
        for step in 0..<3 {
            try file.write(Event(time: 10, step: step, content: .scalar(tag: "epoch_loss", Float(step))))
        }
        let path = try #require(
            try FileSystem.entries(of: place.path("logs/a/train")).first.map {
                place.path("logs/a/train/\($0.name)")
            })
        var bytes = try readFile(path, limit: 1 << 16)
        bytes[bytes.count - 1] ^= 1
        try writeFile(path, bytes)
        let run = try #require(place.store.importLogs(ImportLogsRequest(folder: place.path("logs"))).first)
        #expect(run.epochs == 2 && run.last("loss") == 1 && run.problem?.contains("checksum") == true)
        // The last figures of training and validation are those of one epoch, which is named.
        let other = try EventFile(in: place.path("logs/a/validation"))
        for step in 0..<5 {
            try other.write(
                Event(time: 10, step: step, content: .scalar(tag: "epoch_loss", Float(10 + step))))
        }
        let both = try #require(place.store.importLogs(ImportLogsRequest(folder: place.path("logs"))).first)
        #expect(both.last("loss") == 1 && both.last("val_loss") == 11 && both.best("val_loss") == 10)
        #expect(both.problem?.contains("those of step 1,") == true)
    }
}

@Test("metrics of logs are chosen by name, and one that is nowhere is refused")
func choosesLoggedMetrics() throws {
    try SmallStore.make { place in
        for name in ["epoch_loss", "epoch_accuracy"] {
            let file = try EventFile(in: place.path("logs/\(name)/train"))
            try file.write(Event(time: 10, step: 0, content: .scalar(tag: name, 0.5)))
        }
        var request = ImportLogsRequest(folder: place.path("logs"))
        request.metrics = ["loss"]
        let names = try place.store.importLogs(request).flatMap { $0.metrics.map(\.name) }
        #expect(Set(names) == ["loss"])
        request.metrics = ["loss", "nope"]
        #expect(throws: CellarError.self) { try place.store.importLogs(request) }
    }
}
