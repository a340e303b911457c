import Base
import Network
import Tensors
import Testing

@testable import Cellar
@testable import Datasets
@testable import Infer

private typealias Picture = ModelFacts.Picture

private func score(_ activation: Activation) -> OutputScore {
    OutputScore(activation, nil, isOneNumber: activation == .sigmoid)
}

private func opinion(_ probabilities: [Float]) -> PictureDecision.Opinion {
    let names = probabilities.indices.map { "\($0)" }
    return .init(
        Predictions(
            Tensor(shape: [1, probabilities.count], values: probabilities),
            meaning: .classes(names, score(.softmax))), classes: probabilities.count)
}

private func decision(
    _ limits: Picture.Abstention? = .init(
        temperature: 1, minimumConfidence: 0.8, leastDigit: 0.6, missing: (0...100).map { Double($0) / 100 }),
    _ change: (inout PictureReading) -> Void = { _ in }
) -> PictureDecision {
    var reading = PictureReading()
    change(&reading)
    var form = Picture(height: 28, width: 28, inkIsBright: true, framing: .digit)
    form.abstention = limits
    return PictureDecision(reading: reading, limits: limits, form: form)
}

/// A digit of which only the form matters.
private func digit(_ lines: [[PenPoint]] = [[PenPoint(20, 10), PenPoint(20, 80)]]) -> PreparedDigit {
    var plane = Plane.empty(88)
    for line in lines { plane.draw(line, nib: 5) }
    return PreparedDigit(ink: plane, image: plane.framed(width: 28, height: 28), left: 0, top: 0)
}

private let names = ["0", "1", "2"]

@Suite struct PictureDecisionTests {
    @Test(
        "an answer is sure, not sure or no digit by its probabilities",
        arguments: [
            ([0.1, 0.85, 0.05], PictureStatus.sure), ([0.25, 0.7, 0.05], .unsure),
            ([0.3, 0.36, 0.34], .unsure),
            ([0.29, 0.3, 0.29], .notDigit),
        ] as [([Float], PictureStatus)])
    private func limits(probabilities: [Float], expected: PictureStatus) {
        #expect(decision().status(opinion(probabilities), of: digit(), names: names) == expected)
        // A model without limits answers always, and so does one that is told to.
        #expect(decision(nil).status(opinion(probabilities), of: digit(), names: names) == .sure)
        let told = decision { $0.minimumConfidence = 0 }
        #expect(told.status(opinion(probabilities), of: digit(), names: names) == .sure)
    }

    @Test("the user's limit takes the place of the model's")
    func minimumConfidence() {
        let probabilities: [Float] = [0.1, 0.85, 0.05]
        for (limit, expected) in [(0.9, PictureStatus.unsure), (0.5, .sure)] {
            let asked = decision { $0.minimumConfidence = limit }
            #expect(asked.status(opinion(probabilities), of: digit(), names: names) == expected)
        }
        let without = decision(nil) { $0.minimumConfidence = 0.9 }
        #expect(without.status(opinion(probabilities), of: digit(), names: names) == .unsure)
    }

    @Test("the form of the ink speaks against a sure answer")
    func structure() {
        func ring(_ radius: Float) -> [PenPoint] { OtherThings.ellipse(PenPoint(44, 44), radius, radius) }
        func dot(_ x: Float, _ y: Float) -> [PenPoint] { [PenPoint(x, y), PenPoint(x + 0.1, y)] }
        let zero: [Float] = [0.99, 0.005, 0.005]
        let cases: [([[PenPoint]], PictureStatus)] = [
            ([ring(34)], .sure), ([ring(34), dot(44, 44)], .sure),
            ([ring(34), [PenPoint(50, 30), PenPoint(38, 58)]], .sure),
            ([ring(34), dot(33, 36), dot(55, 36)], .notDigit),
            ([ring(34), [PenPoint(28, 58), PenPoint(60, 58)]], .notDigit), ([ring(38), ring(20)], .notDigit),
            // Four holes.
            (
                [ring(36), [PenPoint(44, 8), PenPoint(44, 80)], [PenPoint(8, 44), PenPoint(80, 44)]],
                .notDigit
            ),
        ]
        for (lines, expected) in cases {
            #expect(decision().status(opinion(zero), of: digit(lines), names: names) == expected, "\(lines)")
            #expect(
                decision { $0.minimumConfidence = 0 }.status(opinion(zero), of: digit(lines), names: names)
                    == .sure)
        }
        // A one has no hole, a zero may.
        #expect(
            decision().status(opinion([0.01, 0.99, 0]), of: digit([ring(34)]), names: names) == .notDigit)
        // A handle.
        var stem = InkStructure(Plane.empty(3))
        stem.stem = .init(length: 2.6, offset: 0.05, x: 0.7, y: 0.7)
        #expect(decision().doubt("9", stem) == .unsure && decision().doubt("4", stem) == .sure)
        stem.stem?.offset = 0.3
        #expect(decision().doubt("9", stem) == .sure)
        // Classes that are no digits have no rule for holes.
        var holes = InkStructure(Plane.empty(3))
        holes.holes = [0.2, 0.1, 0.1, 0.1, 0.1]
        #expect(decision().doubt("cat", holes) == .sure && decision().doubt("8", holes) == .notDigit)
    }

    @Test("one number for two classes has two probabilities")
    func oneNumber() {
        for (value, label) in [(Float(0.02), 0), (0.98, 1)] {
            let found = PictureDecision.Opinion(
                Predictions(
                    Tensor(shape: [1, 1], values: [value]), meaning: .binary(["no", "yes"], score(.sigmoid))),
                classes: 2)
            #expect(found.label == label && found.order == [label, 1 - label])
            #expect(abs(found.best - 0.98) < 1e-6 && abs(found.firstTwo - 1) < 1e-6)
        }
    }

    @Test("sets of classes take as many as the quantiles ask for")
    func sets() {
        let found = opinion([0.6, 0.3, 0.1])
        // 1 - p of the classes: 0.4, 0.7, 0.9.
        let expected: [(Double, [String])] = [
            (0.2, ["0"]), (0.4, ["0"]), (0.69, ["0"]), (0.7, ["0", "1"]), (0.95, ["0", "1", "2"]),
        ]
        for (coverage, set) in expected {
            #expect(decision().set(found, names: names, coverage: coverage) == set, "\(coverage)")
        }
        #expect(decision(nil).set(found, names: names, coverage: 0.9) == nil && !decision(nil).hasQuantiles)
    }

    @Test func clutter() {
        var found = DigitPicture(RGBAImage(width: 1, height: 1, pixels: [0, 0, 0, 255]))
        (found.pieces, found.rest) = (25, 0.6)
        #expect(!decision().isClutter(found))
        found.pieces = 26
        #expect(decision().isClutter(found) && !decision(nil).isClutter(found))
        // All digits of a picture are many pieces.
        #expect(!decision { $0.readsAll = true }.isClutter(found))
        found.rest = 0.61
        #expect(decision { $0.readsAll = true }.isClutter(found))
        #expect(!decision { $0.minimumConfidence = 0 }.isClutter(found))
    }
}
