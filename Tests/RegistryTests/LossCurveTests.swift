import Base
import TestSupport
import Testing

@testable import Registry

@Suite struct LossCurveTests {
    private func facts(_ loss: [Double], name: String = "loss", second: Int = 0) -> ModelFacts {
        var facts = makeFacts(created: noon(plus: second), accuracy: 0.9)
        facts.history = [.init(name: name, values: loss)]
        return facts
    }

    @Test func takesMeansOfTenParts() {
        #expect(facts([3, 2, 1]).lossCurve == [3, 2, 1])
        let long = facts((0..<1_000).map { Double($0) }).lossCurve
        #expect(long == (0..<10).map { Double($0) * 100 + 49.5 })
        #expect(facts([0.123_456, 1e-300, 1e300, 0]).lossCurve == [0.1235, 1e-300, 1e300, 0])
        let broken = facts([1, .nan]).lossCurve
        #expect(broken[0] == 1 && broken[1].isNaN)
        #expect(facts([1], name: "accuracy").lossCurve.isEmpty)
    }

    @Test func isInTheLogAndStaysThereThroughRebuildAndCopy() throws {
        try Fixtures.temporaryFolder { folder in
            let store = ModelStore(in: folder)
            try store.save(facts([3, 2, 1]))
            try store.save(facts([5, 4], name: "val_loss", second: 1))
            try store.save(makeFacts(created: noon(plus: 2)))
            _ = try store.copy("mnist:1", to: store, as: "digits")
            for check in 0..<2 {
                let curves = try store.lossCurves(
                    of: ["mnist:1", "mnist:2", "mnist:3", "digits:1"].map { try store.version($0) })
                #expect(curves == [[3, 2, 1], [5, 4], [], [3, 2, 1]])
                #expect(try store.verify().findings.map(\.message) == [])
                if check == 0 { _ = try store.rebuild() }
            }
        }
    }
}
