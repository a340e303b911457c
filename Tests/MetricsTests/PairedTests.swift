import Base
import Foundation
import Glibc
import Testing

@testable import Metrics

struct TableCase: Decodable {
    let first, second: Int
    let pValue: Number
    /// SciPy's value where it is within 1e-12 of the exact one.
    let sciPy: Number?
}

@Test("McNemar's exact test gives the p-value of exact integers and of SciPy, for small and large tables")
func manyTables() throws {
    let cases = try golden("mcnemar.json", of: TableCase.self)
    #expect(cases.count { $0.sciPy != nil } >= 280)
    for expected in cases {
        let found = PairedComparison(
            rows: expected.first + expected.second, bothRight: 0, onlyFirstRight: expected.first,
            onlySecondRight: expected.second
        ).pValue
        for value in [expected.pValue, expected.sciPy].compactMap({ $0 }) {
            #expect(
                value.agrees(with: found, relative: 1e-12),
                "\(expected.first), \(expected.second): \(found), not \(value)")
        }
    }
}

struct IntervalCase: Decodable {
    let rows, first, second: Int
    let level: Double
    let ends: [Double]
}

@Test("the interval of a difference of accuracies is Bonett's and Price's")
func intervals() throws {
    for expected in try golden("intervals.json", of: IntervalCase.self) {
        let found = PairedComparison(
            rows: expected.rows, bothRight: 0, onlyFirstRight: expected.first,
            onlySecondRight: expected.second
        ).interval(level: expected.level)
        #expect(abs(found.lower - expected.ends[0]) < 1e-13)
        #expect(abs(found.upper - expected.ends[1]) < 1e-13)
    }
}

struct BootstrapCase: Decodable {
    let kind: String
    let truth: [Int32]
    let first, second, scores, interval: [Double]
    let deviation, pValue: Double

    func bootstrap(seed: UInt64) throws -> PairedBootstrap {
        if kind == "area" {
            return try PairedBootstrap(area: truth.map { $0 == 1 }, first: first, second: second, seed: seed)
        }
        return try PairedBootstrap(
            macroF1: truth, first: first.map { Int32($0) }, second: second.map { Int32($0) }, seed: seed)
    }
}

@Test(
    "the paired bootstrap agrees with NumPy's of 40,000 resamples",
    arguments: try golden("bootstrap.json", of: BootstrapCase.self))
func bootstraps(_ expected: BootstrapCase) throws {
    let found = try expected.bootstrap(seed: PairedBootstrap.seed)
    #expect(abs(found.first - expected.scores[0]) < 1e-14)
    #expect(abs(found.second - expected.scores[1]) < 1e-14)
    // The standard error of a 2.5 % quantile of 2,000 normal draws is 0.06 deviations; four of them are allowed.
    let tolerance = 0.24 * expected.deviation
    let interval = found.interval(level: 0.95)
    #expect(abs(interval.lower - expected.interval[0]) < tolerance)
    #expect(abs(interval.upper - expected.interval[1]) < tolerance)
    // Four standard errors of twice a share of 2,000, and the one that is added.
    let half = expected.pValue / 2
    #expect(abs(found.pValue - expected.pValue) < 8 * (half * (1 - half) / 2000).squareRoot() + 0.002)
    #expect(try expected.bootstrap(seed: PairedBootstrap.seed) == found)
    #expect(try expected.bootstrap(seed: 1) != found)
}

struct ExchangeCase: Decodable {
    let kind: String
    let truth: [Int32]
    let first, second: [Double]
    let difference, pValue: Double
}

@Test(
    "exchanging predictions gives the p-value of SciPy's permutation test",
    arguments: try golden("exchange.json", of: ExchangeCase.self))
func exchanges(_ expected: ExchangeCase) throws {
    let found =
        expected.kind == "area"
        ? try PairedExchange(
            area: expected.truth.map { $0 == 1 }, first: expected.first, second: expected.second)
        : try PairedExchange(
            macroF1: expected.truth, first: expected.first.map { Int32($0) },
            second: expected.second.map { Int32($0) })
    #expect(abs(found.difference - expected.difference) < 1e-14)
    // Exact for up to ten rows. Else both are of random exchanges: four standard errors of twice a share of 2,000, and the one
    // that is added.
    let half = expected.pValue / 2
    let tolerance =
        expected.truth.count <= 10 ? 1e-12 : 8 * (half * (1 - half) / 2000).squareRoot() + 0.002
    #expect(abs(found.pValue - expected.pValue) < tolerance, "\(found.pValue), not \(expected.pValue)")
}

struct HolmCase: Decodable { let pValues, corrected: [Double] }

@Test("p-values of several candidates are corrected by Holm's method")
func holm() throws {
    for expected in try golden("holm.json", of: HolmCase.self) {
        for (found, wanted) in zip(holmCorrected(expected.pValues), expected.corrected) {
            #expect(abs(found - wanted) < 1e-15)
        }
    }
    #expect(bonferroniCorrected(0.01, comparisons: 4) == 0.04)
    #expect(bonferroniCorrected(0.4, comparisons: 4) == 1)
}

/// Two models that are right with the given probabilities, independently.
private struct SimulatedPair {
    var truth: [Int32] = []
    var first: [Int32] = []
    var second: [Int32] = []

    init(rows: Int, shares: (Double, Double), _ random: inout SplitMix64) {
        for _ in 0..<rows {
            let label = Int32(random.below(3))
            func answer(_ share: Double) -> Int32 {
                Double(random.next() >> 11) * 0x1p-53 < share
                    ? label : (label + 1 + Int32(random.below(2))) % 3
            }
            truth.append(label)
            first.append(answer(shares.0))
            second.append(answer(shares.1))
        }
    }
}

@Test("of 2,000 pairs of equally good models, at most 5 % are declared better")
func falsePromotions() throws {
    var random = SplitMix64(seed: 7)
    let rule = try PromotionRule()
    var (byAccuracy, byF1) = (0, 0)
    for _ in 0..<2_000 {
        let pair = SimulatedPair(rows: 200, shares: (0.75, 0.75), &random)
        let verdict = try PairedVerdict(
            accuracy: pair.truth, current: pair.first, candidate: pair.second, rule: rule)
        if verdict.passes { byAccuracy += 1 }
        let bootstrap = try PairedBootstrap(
            macroF1: pair.truth, first: pair.first, second: pair.second, resamples: 500)
        if bootstrap.pValue < 0.05, bootstrap.difference > 0 { byF1 += 1 }
    }
    #expect(byAccuracy <= 100, "\(byAccuracy)")
    #expect(byF1 <= 100, "\(byF1)")
    // The test would be worthless if nothing ever passed.
    #expect(byAccuracy > 0 && byF1 > 0)
}

/// Rows of two classes with the scores of two models, of which the second has a mean distance between the classes of its own.
private func scored(
    _ rows: Int, positives: Int, distances: (Double, Double), _ random: inout SplitMix64
) -> (truth: [Bool], first: [Double], second: [Double]) {
    func unit() -> Double { (Double(random.next() >> 11) + 0.5) * 0x1p-53 }
    func normal() -> Double { (-2 * log(unit())).squareRoot() * cos(2 * .pi * unit()) }
    let truth = (0..<rows).map { $0 < positives }
    return (
        truth, truth.map { ($0 ? distances.0 : 0) + normal() },
        truth.map { ($0 ? distances.1 : 0) + normal() }
    )
}

@Test(
    "equally good models are declared better at most 5 % of the time, however rare a class is",
    arguments: [(2, 1), (3, 1), (10, 1), (200, 1), (200, 2), (200, 3), (200, 6), (20, 10), (200, 100)])
func falsePromotionsOfRareClasses(_ rows: Int, _ positives: Int) throws {
    var random = SplitMix64(seed: UInt64(rows * 1_000 + positives))
    let rule = try PromotionRule()
    var (byArea, byF1) = (0, 0)
    for _ in 0..<400 {
        let found = scored(rows, positives: positives, distances: (1, 1), &random)
        let area = try PairedVerdict(
            area: found.truth, current: found.first, candidate: found.second, rule: rule, resamples: 400)
        if area.passes { byArea += 1 }
        func classes(_ scores: [Double]) -> [Int32] { scores.map { $0 > 0.5 ? 1 : 0 } }
        let f1 = try PairedVerdict(
            macroF1: found.truth.map { $0 ? 1 : 0 }, current: classes(found.first),
            candidate: classes(found.second), rule: rule, resamples: 400)
        if f1.passes { byF1 += 1 }
    }
    #expect(byArea <= 20, "\(byArea)")
    #expect(byF1 <= 20, "\(byF1)")
    // With rows enough some pass by chance: a test that none can pass would prove nothing.
    if positives == 100 { #expect(byArea > 0 && byF1 > 0) }
}

@Test(
    "a margin lets candidates that are worse by it pass at most 5 % of the time, however rare a class is",
    arguments: [(200, 1), (200, 3), (200, 10), (400, 200)])
func marginsOfRareClasses(_ rows: Int, _ positives: Int) throws {
    var random = SplitMix64(seed: UInt64(rows * 2_000 + positives))
    // The areas are those of normal distributions: 0.921 and 0.821.
    let rule = try PromotionRule(margin: 0.0999)
    var passed = 0
    for _ in 0..<400 {
        let found = scored(rows, positives: positives, distances: (2, 1.3), &random)
        let verdict = try PairedVerdict(
            area: found.truth, current: found.first, candidate: found.second, rule: rule, resamples: 400)
        if verdict.passes { passed += 1 }
    }
    #expect(passed <= 20, "\(passed)")
}

@Test("a better model passes by F1 and AUC, also as one of sixty or a thousand candidates")
func truePromotions() throws {
    var random = SplitMix64(seed: 5)
    let found = scored(300, positives: 100, distances: (0.5, 3), &random)
    for candidates in [1, 60, 1_001] {
        let rule = try PromotionRule(candidates: candidates)
        let area = try PairedVerdict(
            area: found.truth, current: found.first, candidate: found.second, rule: rule)
        #expect(area.passes && area.correctedPValue > 0, "\(area.sentence)")
        func classes(_ scores: [Double]) -> [Int32] { scores.map { $0 > 0.5 ? 1 : 0 } }
        let f1 = try PairedVerdict(
            macroF1: found.truth.map { $0 ? 1 : 0 }, current: classes(found.first),
            candidate: classes(found.second), rule: rule)
        #expect(f1.passes, "\(f1.sentence)")
    }
}

@Test("of 2,000 candidates that are worse by the margin, at most 5 % pass; equal ones mostly do")
func margins() throws {
    var random = SplitMix64(seed: 11)
    let rule = try PromotionRule(margin: 0.05)
    func passes(_ candidate: Double) throws -> Int {
        var count = 0
        for _ in 0..<2_000 {
            let pair = SimulatedPair(rows: 2_000, shares: (0.85, candidate), &random)
            let verdict = try PairedVerdict(
                accuracy: pair.truth, current: pair.first, candidate: pair.second, rule: rule)
            if verdict.passes { count += 1 }
        }
        return count
    }
    #expect(try passes(0.80) <= 100)
    #expect(try passes(0.85) > 1_900)
}

@Test("a verdict says what it compared, and decides by its rule")
func verdicts() throws {
    let truth = [Int32](repeating: 1, count: 1000)
    func right(_ count: Int) -> [Int32] { (0..<1000).map { $0 < count ? 1 : 0 } }
    let better = try PairedVerdict(
        accuracy: truth, current: right(900), candidate: right(930), rule: PromotionRule(), excluded: 5,
        names: ("m:1", "m:2"))
    #expect(better.decision == .better && better.passes)
    #expect(better.pValue == exp2(-29))
    #expect(
        better.sentence.hasPrefix(
            "accuracy of m:2 0.9300, of m:1 0.9000 on 1000 rows, without 5 seen in training: difference +0.0300, "
                + "95 % interval +0.0"))
    #expect(better.sentence.hasSuffix("p = 1.9e-09: better."))
    #expect(better.json["rows"]?.int == 1000 && better.json["excluded"]?.int == 5)
    #expect(better.json["decision"]?.string == "better")

    let same = try PairedVerdict(
        accuracy: truth, current: right(900), candidate: right(900), rule: PromotionRule())
    #expect(same.decision == .refused && !same.passes && same.pValue == 1)
    let within = try PairedVerdict(
        accuracy: truth, current: right(900), candidate: right(899), rule: PromotionRule(margin: 0.01))
    #expect(within.decision == .withinMargin && within.passes)
    let beyond = try PairedVerdict(
        accuracy: truth, current: right(900), candidate: right(880), rule: PromotionRule(margin: 0.01))
    #expect(beyond.decision == .refused && !beyond.passes)

    // Six more right rows are p = 0.031 alone, and not enough among four candidates.
    let few = { (candidates: Int) in
        try PairedVerdict(
            accuracy: truth, current: right(900), candidate: right(906),
            rule: PromotionRule(candidates: candidates))
    }
    #expect(try few(1).passes)
    #expect(try !few(4).passes)
    #expect(try few(4).correctedPValue == 4 * few(1).pValue)
    #expect(throws: CellarError.self) { try PromotionRule(margin: -0.1) }
    #expect(throws: CellarError.self) { try PromotionRule(margin: .nan) }
    #expect(throws: CellarError.self) {
        try PairedVerdict(accuracy: [1], current: [1, 0], candidate: [1], rule: PromotionRule())
    }
    #expect(throws: CellarError.self) {
        try PairedVerdict(area: [true, true], current: [1, 0], candidate: [1, 1], rule: PromotionRule())
    }
}
