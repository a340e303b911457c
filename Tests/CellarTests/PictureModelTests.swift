import Base
import Cellar
import Datasets
import Foundation
import Infer
import Network
import TestSupport
import Testing

/// Labelled pictures in each form of data.
private enum PictureData: String, CaseIterable {
    case grey, colour, resized, digits, idx, bytes, floats

    static let classes = 4

    /// A noisy picture whose class shows in one corner; bright, so that nothing looks like ink on black.
    private static func pixels(
        _ label: Int, side: Int, channels: Int, noise: Int = 80, _ random: inout MersenneTwister
    ) -> [UInt8] {
        (0..<side * side * channels).map { place in
            let (x, y) = (place / channels % side * 2 / side, place / channels / side * 2 / side)
            // A colour picture's class is in one channel alone.
            let shows = y * 2 + x == label && (channels == 1 || place % channels == label % 3)
            return UInt8((shows ? 120 : 60) + random.draw(through: noise))
        }
    }

    private static let labels = (0..<40).map { $0 % classes }

    /// The pixels of all pictures of an array, which are grey.
    private static func pixels(side: Int) -> [UInt8] {
        var random = MersenneTwister(seed: 5)
        var all: [UInt8] = []
        for label in labels { all += pixels(label, side: side, channels: 1, &random) }
        return all
    }

    /// Writes 40 pictures and returns the recipe's `data` section, and what `infer evaluate` is given.
    func write(in folder: URL) throws -> (data: String, request: EvaluateRequest) {
        let path = folder.appendingPathComponent("data").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let split = "split: { test: 0.25, validation: 10, random_state: 3 }"
        switch self {
        case .grey, .colour, .resized, .digits:
            try writeFolder(path)
            let options =
                self == .resized
                ? "size: [14, 10]" : self == .digits ? "digits: true" : "channels: \(self == .grey ? 1 : 3)"
            return ("{ pictures: \(path), \(options), \(split) }", EvaluateRequest(data: path))
        case .idx:
            let labels = Self.labels.map { UInt8($0) }
            for set in ["train", "t10k"] {
                let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 12, 0, 0, 0, 12]
                try writeFile("\(path)/\(set)-images-idx3-ubyte", header + Self.pixels(side: 12))
                try writeFile("\(path)/\(set)-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 40] + labels)
            }
            return (
                "{ mnist: \(path), digits: false, validation: { first: 10 } }", EvaluateRequest(data: path)
            )
        case .bytes, .floats:
            try writeArrays(path)
            return (
                "{ npy: { samples: \(path)/x.npy, labels: \(path)/y.npy }, \(split) }",
                EvaluateRequest(data: "\(path)/x.npy", labels: ["\(path)/y.npy"])
            )
        }
    }

    private func writeFolder(_ path: String) throws {
        var random = MersenneTwister(seed: 5)
        for (index, label) in Self.labels.enumerated() {
            let place = "\(path)/class \(label)"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            let side = self == .resized ? 9 + index % 3 * 5 : 12
            let channels = self == .colour || self == .resized ? 3 : 1
            // A digit must be told from its paper.
            let pixels = Self.pixels(
                label, side: side, channels: channels, noise: self == .digits ? 10 : 80, &random)
            let file = "\(place)/\(index).png"
            if channels == 3 {
                try writePNG(RGBImage(width: side, height: side, pixels: pixels), to: file)
            } else {
                try writePNG(GrayImage(width: side, height: side, pixels: pixels), to: file)
            }
        }
    }

    private func writeArrays(_ path: String) throws {
        let pixels = Self.pixels(side: 12)
        if self == .bytes {
            // NPYWriter writes floats.
            let dictionary = "{'descr': '|u1', 'fortran_order': False, 'shape': (40, 12, 12), }"
            let padding = String(repeating: " ", count: 117 - dictionary.utf8.count) + "\n"
            let start: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0]
            try writeFile("\(path)/x.npy", start + Array((dictionary + padding).utf8) + pixels)
        } else {
            let numbers = pixels.map { Float($0) / 255 }
            var x = try NPYWriter(path: "\(path)/x.npy", shape: [40, 12, 12])
            try x.append(numbers.span)
            try x.finish()
        }
        let numbers = Self.labels.map { Float($0) }
        var y = try NPYWriter(path: "\(path)/y.npy", shape: [40])
        try y.append(numbers.span)
        try y.finish()
    }
}

@Test(
    "what training measured on a split, evaluation measures to the last digit",
    arguments: PictureData.allCases)
private func evaluatesAsTrained(form: PictureData) throws {
    try Fixtures.temporaryFolder { folder in
        let (data, request) = try form.write(in: folder)
        let recipe = folder.appendingPathComponent("pictures.yaml").path
        let text = """
            name: pictures
            data: \(data)
            model:
              - Flatten
              - Rescaling: { scale: 0.01 }
              - Dense: { units: 4, activation: softmax }
            compile: { optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy] }
            fit: { epochs: 3, batch_size: 8, seed: 7 }
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: recipe))
        let store = Store(folder.appendingPathComponent("models").path)
        let result = try store.fit(FitRequest(recipe: recipe))
        guard case .saved(_, _, let facts) = result.end else { throw CellarError("not saved") }
        #expect(facts.picture?.framing == (form == .digits ? .digit : .pixels))
        #expect(facts.picture?.channels == (form == .colour || form == .resized ? 3 : 1))
        #expect(facts.picture?.white == (form == .floats ? 1 : 255))
        for part in TablePart.allCases {
            var request = request
            (request.split, request.models) = (part, ["pictures"])
            let found = try store.evaluate(request).json
            #expect(found["loss"]?.double == facts.metric("loss", on: part.rawValue), "\(part)")
            #expect(found["accuracy"]?.double == facts.metric("accuracy", on: part.rawValue), "\(part)")
        }
    }
}

@Test("a model of grey pictures warns of colours; one of colours gets them")
private func coloursAreNotLost() throws {
    try SmallStore.make { place in
        let file = place.path("red.png")
        try writePNG(
            RGBImage(width: 28, height: 28, pixels: [200, 10, 10] + Array(repeating: 90, count: 783 * 3)),
            to: file)
        var options = ModelSelection(["mnist:1"])
        options.options.framing = .pixels
        let recorder = Recorder()
        _ = try place.store.predict(
            PredictRequest(files: [file], models: options), progress: recorder.progress)
        #expect(recorder.warnings.count == 1 && recorder.warnings[0].contains("its colours became grey"))
    }
}

@Test("a model that was trained on a table does not guess the scale of pixels")
private func scaleOfPixelsIsNotGuessed() throws {
    try SmallStore.make { place in
        // Ten classes of 784 columns: what a guess takes for digits.
        var model = try Model(
            chain: [InputLayer(name: "in", shape: [784]), Dense(units: 10, activation: .softmax)])
        try model.initialize(seed: 1)
        var facts = ModelFacts(name: "pixels", created: "2026-11-22T12:31:00Z", generation: "keras-2.10-h5")
        facts.classes = (0..<10).map(String.init)
        facts.features = (0..<784).map { "pixel\($0)" }
        facts.dataset = ModelFacts.Dataset(
            path: "train.csv", sha256: "", trainRows: 9, validationRows: 0, testRows: 0)
        try place.save(model, facts)
        var request = PredictRequest(files: [SmallStore.digit], models: ["pixels"])
        let error = try #require(thrown { _ = try place.store.predict(request) })
        #expect(error.category == .badData && error.message.contains("the scale of pixels is unknown"))
        request.models.options.white = 255
        #expect(try place.store.predict(request).predictions.count == 1)
    }
}
