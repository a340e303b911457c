import Base
import Cellar
import TestSupport
import Testing

@Test("tables: each model's metrics, reports in folders of their own, JSON")
func evaluatesTables() throws {
    try SmallStore.make { place in
        let table = try place.file("in.csv", "label,b,a\ngood,0,2\nbad,2,0\ngood,1,0\n")
        var request = EvaluateRequest(data: table)
        let recorder = Recorder()
        let one = try place.store.evaluate(request, progress: recorder.progress)
        #expect(abs((one.evaluations[0].accuracy ?? 0) - 2.0 / 3) < 1e-12)
        #expect(one.json["model"] == "small:1" && one.json["samples"] == 3)
        #expect(one.json["confusion_matrix"]?["matrix"] == [[1, 0], [1, 1]])
        #expect(recorder.samples == [3])

        (request.models, request.report) = (["small", "small:1"], place.path("r"))
        #expect(try place.store.evaluate(request).json.array?.count == 2)
        #expect(place.exists("r/small-1/report.json"))

        request.split = .test
        #expect(category { () throws(CellarError) in _ = try place.store.evaluate(request) } == .usage)
    }
}

@Test("pictures by the default model; cancelled after the first block")
func evaluatesPictures() throws {
    try SmallStore.make { place in
        let request = EvaluateRequest(data: Fixtures.data.appendingPathComponent("mnist").path)
        // Of the 10,000, 1,028 are a 7.
        let json = try place.store.evaluate(request).json
        #expect(json["accuracy"] == 0.1028)
        let recorder = Recorder(cancels: true)
        #expect(
            category { () throws(CellarError) in
                _ = try place.store.evaluate(request, progress: recorder.progress)
            } == .cancelled)
        #expect(recorder.samples == [4096])
    }
}

@Test("a report of labels")
func reports() throws {
    try SmallStore.make { place in
        let labels = try place.file("labels.csv", "truth,prediction\na,a\nb,a\n")
        let report = try place.store.report(ReportRequest(labels: labels, report: place.path("r")))
        #expect(report.json["accuracy"] == 0.5 && report.json["data"] == .string(labels))
        #expect(place.exists("r/confusion_matrix.csv"))
        #expect(
            category { () throws(CellarError) in
                _ = try place.store.report(ReportRequest(labels: labels, truth: "label"))
            } == .badData)
    }
}

@Test("the layers of a model, and the weights of one")
func inspects() throws {
    try SmallStore.make { place in
        let json = try place.store.inspect(InspectRequest(model: "small")).json
        #expect(json["model"] == "small:1" && json["trainable_parameters"] == 3)
        #expect(json["facts"]?["features"] == ["a", "b"])
        let weights = try place.store.inspectWeights(InspectWeightsRequest(model: "small", layer: "dense"))
        #expect(weights.json.array?.first?["values"] == [1.0, -1.0])
        #expect(
            category { () throws(CellarError) in
                _ = try place.store.inspectWeights(InspectWeightsRequest(model: "small", layer: "conv"))
            } == .usage)
        #expect(
            category { () throws(CellarError) in
                _ = try place.store.inspect(InspectRequest(model: "smal"))
            } == .noInput)
    }
}
