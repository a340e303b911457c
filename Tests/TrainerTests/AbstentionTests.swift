import Base
import Foundation
import Tensors
import Testing

@testable import Trainer

/// Predictions whose labels are drawn from the very probabilities, which are then made too sure by a factor on the logits.
private func predictions(_ count: Int, tooSureBy factor: Double) -> (probabilities: [Float], truth: [Int]) {
    var random = RandomNumbers(seed: 4)
    var (all, truth): ([Float], [Int]) = ([], [])
    for _ in 0..<count {
        let logits = (0..<10).map { _ in 6 * (random.uniform() - 0.5) }
        func softmax(_ factor: Double) -> [Double] {
            let powers = logits.map { exp($0 * factor) }
            return powers.map { $0 / powers.reduce(0, +) }
        }
        var draw = random.uniform()
        let honest = softmax(1)
        truth.append(
            honest.firstIndex {
                draw -= $0; return draw < 0
            } ?? 9)
        all += softmax(factor).map(Float.init)
    }
    return (all, truth)
}

@Suite struct AbstentionTests {
    @Test("finds the temperature by which predictions are too sure", arguments: [0.5, 1.0, 2.5])
    func temperature(factor: Double) {
        let made = predictions(20_000, tooSureBy: factor)
        let found = AbstentionFit(probabilities: made.probabilities, truth: made.truth).abstention
        // The likelihood's standard error with 20,000 rows is about 1 %.
        #expect(abs(found.temperature / factor - 1) < 0.04)
    }

    @Test("the sets of split conformal prediction have the coverage asked for")
    func coverage() {
        let made = predictions(20_000, tooSureBy: 1)
        let missing = AbstentionFit(probabilities: made.probabilities, truth: made.truth).abstention.missing
        #expect(missing.count == 101 && missing == missing.sorted())
        let other = predictions(30_000, tooSureBy: 1)
        for percent in [80, 90, 99] {
            let covered = other.truth.indices.count {
                1 - Double(other.probabilities[$0 * 10 + other.truth[$0]]) <= missing[percent]
            }
            #expect(abs(Double(covered) / 30_000 - Double(percent) / 100) < 0.01)
        }
    }

    @Test func isKeptInFacts() {
        let picture = ModelFacts.Picture(height: 28, width: 28, inkIsBright: true, framing: .digit)
        var facts = ModelFacts(name: "x", created: "", generation: "")
        facts.picture = picture
        facts.picture?.abstention = .init(
            temperature: 1.25, minimumConfidence: 0.75, leastDigit: 0.5, missing: [0, 0.5, 1])
        #expect(ModelFacts(json: facts.json)?.picture == facts.picture)
        facts.picture?.abstention?.temperature = -1
        #expect(ModelFacts(json: facts.json)?.picture == picture)
    }
}
