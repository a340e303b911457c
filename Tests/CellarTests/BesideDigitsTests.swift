import Base
import Foundation
import KerasFile
import Network
import Tensors
import TestSupport
import Testing

@testable import Cellar
@testable import Datasets

/// Saves a reader of digits that says 7 of everything, and is sure of it or not.
private func reader(_ place: SmallStore, isSure: Bool) throws {
    var bias = [Float](repeating: 0, count: 10)
    bias[7] = isSure ? 9 : 1
    var model = try Model(chain: [
        InputLayer(name: "in", shape: [28, 28]), Flatten(), Dense(units: 10, activation: .softmax),
    ])
    try model.setWeights(
        [
            Tensor(shape: [784, 10], values: [Float](repeating: 0, count: 7840)),
            Tensor(shape: [10], values: bias),
        ], layer: 2)
    let name = isSure ? "sure" : "unsure"
    var facts = ModelFacts(name: name, created: "2026-11-22T12:30:09Z", generation: "keras-2.10-h5")
    facts.classes = (0..<10).map(String.init)
    facts.picture = ModelFacts.Picture(height: 28, width: 28, inkIsBright: true, framing: .digit)
    facts.picture?.abstention = .init(
        temperature: 1, minimumConfidence: 0.8, leastDigit: 0.6, missing: (0...100).map { Double($0) / 100 })
    try place.save(model, facts)
}

/// A picture with strokes of black ink on white, each a list of points.
private func picture(_ place: SmallStore, _ name: String, _ strokes: [[PenPoint]]) throws -> String {
    var ink = Plane(width: 300, height: 160, values: [Float](repeating: 0, count: 300 * 160))
    for stroke in strokes { ink.draw(stroke, nib: 8) }
    let path = place.folder.appendingPathComponent(name).path
    try writePNG(
        GrayImage(width: 300, height: 160, pixels: ink.values.map { UInt8(255 - 255 * $0) }), to: path)
    return path
}

private func seven(_ x: Float) -> [PenPoint] {
    [PenPoint(x, 30), PenPoint(x + 50, 30), PenPoint(x + 15, 130)]
}

/// A ring with two eyes, which is no digit whatever the network says.
private func face(_ x: Float) -> [[PenPoint]] {
    [OtherThings.ellipse(PenPoint(x + 45, 80), 45, 45)]
        + [28, 62].map { [PenPoint(x + $0, 70), PenPoint(x + $0 + 0.1, 70)] }
}

@Suite struct BesideDigitsTests {
    @Test("what is no digit makes the answer about the digit beside it unsure")
    func others() throws {
        try SmallStore.make { place in
            try reader(place, isSure: true)
            func answer(_ name: String, _ strokes: [[PenPoint]], all: Bool = false) throws -> Prediction {
                var request = PredictRequest(
                    files: [try picture(place, name, strokes)], models: ["sure"])
                request.reading.readsAll = all
                return try place.store.predict(request).predictions[0]
            }
            let minus = [PenPoint(40, 80), PenPoint(70, 80)]
            let alone = try answer("alone.png", [seven(120)])
            #expect(alone.status == .sure && alone.others == 0 && alone.json["others"] == nil)
            for (name, strokes) in [
                ("minus.png", [minus, seven(90)]), ("face.png", face(30) + [seven(200)]),
            ] {
                let found = try answer(name, strokes)
                #expect(found.status == .unsure && found.others == 1 && found.label == "7")
                #expect(found.answer == "not sure: 7, beside something else")
                let all = try answer(name, strokes, all: true)
                #expect(all.label == "?7" && all.status == .unsure)
                #expect(all.digits.map(\.probability).map { $0 == nil } == [true, false])
            }
            let both = try answer(
                "both.png", [seven(30), [PenPoint(110, 128), PenPoint(110.1, 128)], seven(140)], all: true)
            #expect(both.label == "7?7" && both.status == .unsure)
            let two = try answer("two.png", [seven(30), seven(140)], all: true)
            #expect(two.label == "77" && two.status == .sure)
        }
    }

    @Test("explain refuses what infer has no one answer about")
    func explain() throws {
        try SmallStore.make { place in
            try reader(place, isSure: true)
            try reader(place, isSure: false)
            let one = try picture(place, "one.png", [seven(120)])
            let two = try picture(place, "two.png", [seven(30), seven(140)])
            let found = try place.store.explain(ExplainRequest(file: one, models: ["sure"]))
            #expect(found.answer == "7" && found.status == .sure && found.warnings.isEmpty)
            #expect(
                category { () throws(CellarError) in
                    _ = try place.store.explain(ExplainRequest(file: two, models: ["sure"]))
                } == .badData)
            var named = ExplainRequest(file: two, models: ["sure"])
            named.label = "7"
            #expect(try place.store.explain(named).status == .several)
            // With ten classes that are alike there is no digit.
            #expect(
                category { () throws(CellarError) in
                    _ = try place.store.explain(ExplainRequest(file: one, models: ["unsure"]))
                } == .badData)
        }
    }
}
