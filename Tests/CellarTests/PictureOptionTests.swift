import Base
import Cellar
import Foundation
import KerasFile
import Network
import Tensors
import TestSupport
import Testing

/// Saves a model that gives the same two numbers for each picture.
private func constant(
    _ place: SmallStore, _ name: String, _ bias: [Float], framing: ModelFacts.Picture.Framing,
    _ change: (inout ModelFacts) -> Void = { _ in }
) throws {
    var model = try Model(chain: [
        InputLayer(name: "in", shape: [28, 28]), Flatten(),
        Dense(units: bias.count, activation: bias.count == 1 ? .sigmoid : .softmax),
    ])
    try model.setWeights(
        [
            Tensor(shape: [784, bias.count], values: [Float](repeating: 0, count: 784 * bias.count)),
            Tensor(shape: [bias.count], values: bias),
        ], layer: 2)
    var facts = ModelFacts(name: name, created: "2026-11-22T12:30:09Z", generation: "keras-2.10-h5")
    facts.classes = ["no", "yes"]
    facts.picture = ModelFacts.Picture(height: 28, width: 28, inkIsBright: true, framing: framing)
    change(&facts)
    try place.save(model, facts)
}

@Suite struct PictureOptionTests {
    @Test("an option that a model cannot follow is refused")
    func refused() throws {
        try SmallStore.make { place in
            try constant(place, "pixels", [1, 0], framing: .pixels)
            let options: [(inout PictureReading) -> Void] = [
                { $0.readsAll = true }, { $0.coverage = 0.9 }, { $0.minimumConfidence = 0.9 },
            ]
            for change in options {
                var request = PredictRequest(files: [SmallStore.digit], models: ["pixels"])
                change(&request.reading)
                #expect(
                    category { () throws(CellarError) in _ = try place.store.predict(request) } == .usage)
            }
            // A reader of digits that has no quantiles.
            var request = PredictRequest(files: [SmallStore.digit], models: ["mnist:1"])
            request.reading.coverage = 0.9
            #expect(category { () throws(CellarError) in _ = try place.store.predict(request) } == .usage)
        }
    }

    @Test("a model with one number for two classes names the predicted one")
    func oneNumber() throws {
        try SmallStore.make { place in
            try constant(place, "answer", [3], framing: .digit)
            var request = PredictRequest(files: [SmallStore.digit], models: ["answer"])
            #expect(try place.store.predict(request).predictions[0].answer == "yes")
            request.reading.minimumConfidence = 0.9
            #expect(try place.store.predict(request).predictions[0].status == .sure)
            request.reading.minimumConfidence = 0.99
            #expect(try place.store.predict(request).predictions[0].answer == "not sure: yes or no")
            request.reading.readsAll = true
            #expect(try place.store.predict(request).predictions[0].digits.map(\.label) == ["yes"])
        }
    }

    @Test("a network that gives NaN has no answer")
    func notFinite() throws {
        try SmallStore.make { place in
            try constant(place, "broken", [.nan, 0], framing: .digit)
            let request = PredictRequest(files: [SmallStore.digit], models: ["broken"])
            #expect(category { () throws(CellarError) in _ = try place.store.predict(request) } == .badData)
            let explain = ExplainRequest(file: SmallStore.digit, models: ["broken"])
            #expect(category { () throws(CellarError) in _ = try place.store.explain(explain) } == .badData)
        }
    }

    @Test("explain knows a picture by its content, and gives the probability that predict gives")
    func explains() throws {
        try SmallStore.make { place in
            try constant(place, "digits", [2, 0], framing: .digit) {
                $0.picture?.abstention = .init(
                    temperature: 2, minimumConfidence: 0.5, leastDigit: 0.1, missing: [])
            }
            let path = place.path("no-ending")
            try FileManager.default.copyItem(atPath: SmallStore.digit, toPath: path)
            let predicted = try place.store.predict(PredictRequest(files: [path], models: ["digits"]))
            let explained = try place.store.explain(ExplainRequest(file: path, models: ["digits"]))
            // softmax(2 / 2, 0)
            #expect(abs(explained.score - 1 / (1 + exp(-1))) < 1e-6)
            #expect(explained.score == predicted.predictions[0].score.map(Double.init))
        }
    }

    @Test("a new temperature in the network leaves the probabilities of pictures as they were")
    func calibrated() throws {
        try SmallStore.make { place in
            try constant(place, "digits", [2, 0], framing: .digit) {
                $0.picture?.abstention = .init(
                    temperature: 1.5, minimumConfidence: 0.5, leastDigit: 0.1, missing: [])
            }
            for (name, count) in [("yes", 1), ("no", 3)] {
                let folder = place.path("data/\(name)")
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                for number in 0..<count {
                    try FileManager.default.copyItem(
                        atPath: SmallStore.digit, toPath: "\(folder)/\(number).png")
                }
            }
            var request = EvaluateRequest(data: place.path("data"))
            (request.models, request.calibrates) = (["digits"], true)
            let made = try place.store.evaluate(request).adjusted[0]
            #expect(abs((made.temperature?.value ?? 1) - 1) > 0.1)
            let scores = try ["digits:1", "digits:2"].map { model in
                try place.store.predict(PredictRequest(files: [SmallStore.digit], models: [.init(model)]))
                    .predictions[0].score ?? 0
            }
            #expect(abs(scores[0] - scores[1]) < 1e-5)
        }
    }
}

@Test("models whose names differ in signs alone have folders of their own")
func reportFolders() throws {
    try SmallStore.make { place in
        let file = place.store.path(of: try place.store.show("line").version)
        try FileManager.default.createDirectory(
            atPath: place.path("a"), withIntermediateDirectories: true)
        for name in ["a/b.h5", "a-b.h5"] {
            try FileManager.default.copyItem(atPath: file, toPath: place.path(name))
        }
        var request = EvaluateRequest(
            data: try place.file("in.csv", "x,y\n1,3\n2,5\n"), target: ["y"], report: place.path("r"))
        request.models.references = [place.path("a/b.h5"), place.path("a-b.h5")]
        _ = try place.store.evaluate(request)
        let folders = try FileManager.default.contentsOfDirectory(atPath: place.path("r")).filter {
            place.exists("r/\($0)/report.html")
        }
        #expect(folders.count == 2)
    }
}

@Test("a report of very many classes lists the confusions and draws no matrix")
func manyClasses() throws {
    try SmallStore.make { place in
        var model = try Model(chain: [
            InputLayer(name: "in", shape: [1]), Dense(units: 101, activation: .softmax),
        ])
        var bias = [Float](repeating: 0, count: 101)
        bias[3] = 5
        try model.setWeights(
            [
                Tensor(shape: [1, 101], values: [Float](repeating: 0, count: 101)),
                Tensor(shape: [101], values: bias),
            ], layer: 1)
        var facts = ModelFacts(name: "many", created: "2026-11-22T12:30:09Z", generation: "keras-2.10-h5")
        (facts.features, facts.classes) = (["x"], (0..<101).map { "c\($0)" })
        try place.save(model, facts)
        var request = EvaluateRequest(
            data: try place.file("in.csv", "x,y\n1,c3\n1,c7\n1,c7\n2,c9\n"), target: ["y"],
            report: place.path("r"))
        request.models = ["many"]
        _ = try place.store.evaluate(request)
        #expect(!place.exists("r/confusion_matrix.svg") && place.exists("r/roc.svg"))
        let rows = try place.text("r/confusion_matrix_most.csv").split(separator: "\n")
        #expect(rows.dropFirst() == ["c7,c3,2,1.0000", "c9,c3,1,1.0000"])
        #expect(try place.text("r/confusion_matrix.csv").split(separator: "\n").count == 102)
        #expect(try place.text("r/report.html").contains("101 classes are too many for a picture"))
    }
}
