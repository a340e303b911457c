import Foundation
import Base
import TestSupport
import Testing

@testable import Datasets

private struct GoldenSplits: Decodable {
    struct Case: Decodable {
        var count: Int
        var random_state: UInt32
        var test_size, train_size: Double?
        var labels: String?
        var error: Bool?
        var train, test: [Int]?
        var train_fnv, test_fnv: String?
    }
    var draws: [String: [UInt32]]
    var cases: [Case]
}

private struct WineGolden: Decodable {
    var train_rows, valid_rows, test_rows: [Int]
    var mean, scale: [Double]
}

/// FNV-1a over the rows as 64-bit little-endian numbers, as make_golden.py has it.
private func fnv(_ rows: [Int]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for row in rows {
        for byte in 0..<8 { hash = (hash ^ UInt64(row >> (8 * byte) & 255)) &* 0x100_0000_01b3 }
    }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
}

/// Sizes as make_golden.py gave them: a whole number is a count.
private func size(_ value: Double?) -> SplitSize? {
    value.map { $0 < 1 ? .fraction($0) : .count(Int($0)) }
}

@Suite struct SplitTests {
    @Test func drawsAsNumPy() throws {
        let golden = try GoldenFiles.decode("splits.json", as: GoldenSplits.self)
        for (seed, expected) in golden.draws {
            var random = try MersenneTwister(seed: #require(UInt32(seed)))
            let draws = (0..<1500).map { _ in random.next32() }
            #expect([0, 1, 623, 624, 1499].map { draws[$0] } == expected)
        }
    }

    @Test func choosesTheRowsOfScikitLearn() throws {
        let golden = try GoldenFiles.decode("splits.json", as: GoldenSplits.self)
        #expect(golden.cases.count == 160)
        for (number, entry) in golden.cases.enumerated() {
            let labels = entry.labels.map { $0.compactMap(\.wholeNumberValue) }
            let split = try? trainTestSplit(
                count: entry.count, testSize: size(entry.test_size), trainSize: size(entry.train_size),
                randomState: entry.random_state, stratify: labels)
            guard entry.error == nil else {
                #expect(split == nil, "case \(number): scikit-learn refuses it")
                continue
            }
            let found = try #require(split, "case \(number)")
            if let train = entry.train { #expect(found.train == train, "case \(number)") }
            if let test = entry.test { #expect(found.test == test, "case \(number)") }
            #expect(fnv(found.train) == entry.train_fnv, "case \(number)")
            #expect(fnv(found.test) == entry.test_fnv, "case \(number)")
        }
    }

    @Test("splits the wine twice, and scales it, as scikit-learn") func wine() throws {
        let file = Fixtures.folder.appendingPathComponent("seed/wine_split_and_scaler.json")
        let golden = try JSONDecoder().decode(WineGolden.self, from: Data(contentsOf: file))
        let first = try trainTestSplit(count: 1599, randomState: 42)
        let second = try trainTestSplit(count: first.train.count, randomState: 42)
        let train = second.train.map { first.train[$0] }
        #expect(first.test == golden.test_rows)
        #expect(train == golden.train_rows)
        #expect(second.test.map { first.train[$0] } == golden.valid_rows)

        let table = try Table(path: Fixtures.data.appendingPathComponent("wine.csv").path)
        let quality = try table.text("quality")
        let counts = Dictionary(grouping: first.test) { quality[$0] }.mapValues(\.count)
        #expect(counts == ["bad": 178, "good": 222])

        let columns = try table.numbers(Array(table.columns.dropLast()))
        let scaler = StandardScaler(fitting: columns, rows: train)
        #expect(close(scaler.mean, golden.mean))
        #expect(close(scaler.scale, golden.scale))
    }

    @Test func withoutShuffling() throws {
        let split = try trainTestSplit(count: 10, testSize: .fraction(0.25), shuffle: false)
        #expect(split == Split(train: Array(0..<7), test: Array(7..<10)))
    }

    @Test func aRandomSeedStillSplits() throws {
        let split = try trainTestSplit(count: 100, testSize: .count(30))
        #expect((split.train + split.test).sorted() == Array(0..<100))
    }

    @Test(
        "says what cannot be split",
        arguments: [
            (SplitSize.fraction(1.5), nil), (.fraction(0), nil), (.fraction(.nan), nil), (.count(10), nil),
            (.count(-1), nil), (.fraction(0.7), .fraction(0.4)), (.count(6), .count(6)),
        ] as [(SplitSize?, SplitSize?)])
    func refused(test: SplitSize?, train: SplitSize?) {
        let error = failure { () throws(CellarError) in
            try trainTestSplit(count: 10, testSize: test, trainSize: train, randomState: 1)
        }
        #expect(error?.category == .usage)
    }

    @Test func divisionIsKept() throws {
        var division = RowDivision()
        (division.test, division.validation, division.randomState) = (.fraction(0.25), .count(30), 7)
        (division.stratify, division.lastValidate) = (true, nil)
        #expect(RowDivision(json: division.json) == division)
        let classes = (0..<200).map { $0 % 3 }
        let rows = try division.rows(200) {
            classes
        } hashes: {
            []
        }
        #expect(rows.test?.count == 50 && rows.validation?.count == 30 && rows.train.count == 120)
        #expect(Set(rows.train + (rows.test ?? []) + (rows.validation ?? [])).count == 200)
        // Without classes there is nothing to be in proportion to.
        #expect(
            failure { () throws(CellarError) in try division.rows(200, classes: { nil }, hashes: { [] }) }?
                .category == .usage)
        // What a stranger's file may say.
        for text in [#"{"test": 0.5}"#, #"{"validation_first": -1}"#, #"{"validation_split": 1e300}"#, "[]"] {
            #expect(RowDivision(json: try JSON(parsing: text)) == nil)
        }
    }

    @Test func equalRowsStayTogether() throws {
        var division = RowDivision()
        (division.test, division.validation, division.randomState) = (.fraction(0.25), .count(10), 7)
        division.keepsDuplicatesTogether = true
        #expect(RowDivision(json: division.json) == division)
        // 50 kinds of row; row 3 is like 53 and 103.
        let hashes = (0..<120).map { UInt64($0 % 50) }
        let rows = try division.rows(120, classes: { nil }, hashes: { hashes })
        let parts = [rows.train, rows.validation ?? [], rows.test ?? []]
        #expect(parts.map { Set($0.map { hashes[$0] }).count } == [27, 10, 13])
        #expect(Set(parts.flatMap { $0 }).count == 120)
        // Groups are split as rows are.
        let groups = try trainTestSplit(count: 50, testSize: .fraction(0.25), randomState: 7)
        #expect(Set(rows.test ?? []) == Set((0..<120).filter { groups.test.contains($0 % 50) }))
        division.lastValidate = 0.5
        #expect(
            failure { () throws(CellarError) in try division.rows(120, classes: { nil }, hashes: { hashes })
            }?
            .category == .usage)
        #expect(
            RowDivision(json: try JSON(parsing: #"{"test": 5, "random_state": 1, "group": "rows"}"#)) == nil)
    }

    @Test func tooFewToStratify() {
        for labels in [[0, 0, 0, 1], [0, 0, 0], [0, 0, 1, 1]] {
            let error = failure { () throws(CellarError) in
                try trainTestSplit(count: 4, testSize: .count(1), randomState: 1, stratify: labels)
            }
            #expect(error?.category == .usage)
        }
        for count in [0, 1] {
            #expect(failure { () throws(CellarError) in try trainTestSplit(count: count) } != nil)
        }
    }
}

/// Equal to 12 digits or so.
func close(_ found: [Double], _ expected: [Double]) -> Bool {
    found.count == expected.count
        && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) }
}
