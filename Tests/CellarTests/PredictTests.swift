import Base
import Cellar
import Datasets
import Tensors
import TestSupport
import Testing

@Test("pictures: typed predictions, and their JSON")
func predictsPictures() throws {
    try SmallStore.make { place in
        let result = try place.store.predict(
            PredictRequest(files: [SmallStore.digit], models: ["mnist:1", "mnist:2"]))
        #expect(result.models == ["mnist:1", "mnist:2"] && result.failures.isEmpty)
        #expect(result.predictions.map(\.model) == result.models)
        #expect(result.predictions.map(\.label) == ["3", "7"])
        let first = result.predictions[0]
        #expect(first.file == SmallStore.digit && first.answer == "3" && first.values.isEmpty)
        #expect(first.probability == first.scores[3].score && first.scores.count == 10)
        #expect(first.image?.width == 28)

        let json = result.json.array
        #expect(
            json?[0].object?.keys == [
                "file", "model", "prediction", "probability", "probabilities", "status", "pixels",
            ])
        #expect(json?[0]["status"] == "sure" && json?[0]["pixels"]?.array?.count == 28)
        #expect(json?[1]["prediction"] == "7" && json?[1]["model"] == "mnist:2")
        #expect(json?[0]["probabilities"]?.object?.keys == (0..<10).map(String.init))
    }
}

@Test("the default model for pictures is the newest mnist, or mnist@best")
func defaultPictureModel() throws {
    try SmallStore.make { place in
        let request = PredictRequest(files: [SmallStore.digit])
        #expect(try place.store.predict(request).models == ["mnist:2"])
        _ = try place.store.models.promote("mnist:1", alias: "best")
        #expect(try place.store.predict(request).models == ["mnist:1"])
    }
}

@Test("a file that fails is in the result, and the others have predictions")
func oneFailure() throws {
    try SmallStore.make { place in
        let (missing, recorder) = (place.path("nothing.png"), Recorder())
        let result = try place.store.predict(
            PredictRequest(files: [missing, SmallStore.digit]), progress: recorder.progress)
        #expect(result.predictions.map(\.file) == [SmallStore.digit])
        #expect(result.failures.map(\.file) == [missing])
        #expect(result.failures.map(\.error.category) == [.noInput])
        #expect(recorder.failures == result.failures.map(\.error))

        #expect(
            category { () throws(CellarError) in
                _ = try place.store.predict(PredictRequest(files: [missing]))
            } == .noInput)
        // A model that takes no pictures would fail for every file.
        #expect(
            category { () throws(CellarError) in
                _ = try place.store.predict(PredictRequest(files: [SmallStore.digit], models: ["nothing"]))
            } == .noInput)
    }
}

@Test("arrays: sample by sample")
func predictsArrays() throws {
    try SmallStore.make { place in
        let file = place.path("x.npy")
        try writeNPY(Tensor(shape: [2, 1], values: [0, 2.5]), to: file)
        let result = try place.store.predict(PredictRequest(files: [file], models: ["line"]))
        #expect(result.predictions.map(\.values) == [[1], [6]])
        #expect(result.predictions.allSatisfy { $0.label == nil && $0.probability == nil })
        #expect(
            result.json == [
                ["file": .string(file + "[0]"), "model": "line:1", "prediction": 1.0],
                ["file": .string(file + "[1]"), "model": "line:1", "prediction": 6.0],
            ])
    }
}

@Test("rows by hand: the only model that they fit is the default")
func predictsRows() throws {
    try SmallStore.make { place in
        let good: JSON = [
            [
                "model": "small:1", "prediction": "good", "probability": 0.880797,
                "probabilities": ["bad": 0.11920297, "good": 0.880797],
            ]
        ]
        for rows in [["2,0"], ["b=0", "A=2"]] {
            let result = try place.store.predictRows(PredictRowsRequest(rows: rows))
            #expect(result.json == good)
        }
        #expect(
            category { () throws(CellarError) in
                _ = try place.store.predictRows(PredictRowsRequest(rows: ["1,2,3"]))
            } == .usage)
    }
}

@Test("names and other options that a file lacks")
func options() throws {
    try SmallStore.make { place in
        var models: ModelSelection = ["small"]
        models.options.classes = ["no", "yes"]
        let result = try place.store.predictRows(PredictRowsRequest(rows: ["2,0"], models: models))
        #expect(result.predictions.map(\.label) == ["yes"])
        models.options.classes = ["one"]
        #expect(
            category { () throws(CellarError) in
                _ = try place.store.predictRows(PredictRowsRequest(rows: ["2,0"], models: models))
            } == .usage)
    }
}
