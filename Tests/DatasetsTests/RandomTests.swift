import Base
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct RandomTableTests {
    struct Case: Decodable {
        let file: Data
        let delimiter, comment: String
        let header, refused: Bool
        let names: [String]?
        let texts: [[String]]?
        let missing: [Int]?
        /// Nil for a column that is not of finite numbers.
        let numbers: [[Double]?]?

        var dialect: TableDialect {
            get throws {
                var dialect = TableDialect()
                try dialect.setDelimiter(delimiter)
                if !comment.isEmpty { try dialect.setComment(comment) }
                if !header { dialect.hasHeader = false }
                return dialect
            }
        }
    }

    @Test("whole tables are as pandas reads them, or refused")
    func wholeTables() throws {
        let cases = try randomCases("tables.json", as: Case.self)
        #expect(cases.count >= 300)
        for (index, each) in cases.enumerated() {
            try Fixtures.temporaryFolder { folder in
                let path = folder.appendingPathComponent("t.csv").path
                try each.file.write(to: URL(fileURLWithPath: path))
                let dialect = try each.dialect
                guard !each.refused, let names = each.names, let numbers = each.numbers else {
                    let error = failure { () throws(CellarError) in try Table(path: path, dialect: dialect) }
                    #expect(error?.category == .badData, "case \(index)")
                    return
                }
                let table = try Table(path: path, dialect: dialect)
                #expect(table.columns == names, "case \(index)")
                #expect(try table.missingValues().columns.map(\.count) == each.missing, "case \(index)")
                #expect(try names.map { try table.text($0) } == each.texts, "case \(index)")
                for (name, wanted) in zip(names, numbers) {
                    do {
                        let found = try table.numbers(name)
                        #expect(found == wanted, "case \(index), \(name)")
                    } catch {
                        #expect(wanted == nil, "case \(index), \(name): \(error)")
                    }
                }
            }
        }
    }

    @Test("tables in blocks are as pandas reads them, or refused", arguments: [16, 61, 1 << 18])
    func blocks(block: Int) throws {
        for (index, each) in try randomCases("tables.json", as: Case.self).enumerated() {
            try Fixtures.temporaryFolder { folder in
                let path = folder.appendingPathComponent("t.csv").path
                try each.file.write(to: URL(fileURLWithPath: path))
                func read(_ numbers: [String], _ texts: [String]) throws -> ([Float], [String]) {
                    var reader = try CSVReader(path: path, dialect: each.dialect, block: block)
                    try reader.select(numbers: numbers, texts: texts)
                    var (chunk, found) = (CSVChunk(), ([Float](), [String]()))
                    while try reader.read(into: &chunk) {
                        found.0 += chunk.numbers.prefix(chunk.count * chunk.columns)
                        found.1 += (0..<chunk.count).flatMap { row in
                            texts.indices.map { chunk.text(row, column: $0) }
                        }
                    }
                    return found
                }
                guard !each.refused, let names = each.names, let numbers = each.numbers,
                    let texts = each.texts
                else {
                    #expect(throws: CellarError.self, "case \(index)") { try read([], []) }
                    return
                }
                let rows = texts[0].count
                #expect(
                    try read([], names).1 == (0..<rows).flatMap { row in texts.map { $0[row] } },
                    "case \(index)")
                for (name, wanted) in zip(names, numbers) {
                    do {
                        let found = try read([name], []).0
                        #expect(found == wanted?.map { Float($0) }, "case \(index), \(name)")
                    } catch let error as CellarError {
                        let isTooLarge = wanted?.contains { !Float($0).isFinite } ?? true
                        #expect(isTooLarge, "case \(index), \(name): \(error)")
                    }
                }
            }
        }
    }
}

@Suite struct RandomArrayTests {
    struct Case: Decodable {
        enum Number: Decodable, Equatable {
            case finite(Double), other(String)
            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                if let number = try? value.decode(Double.self) {
                    self = .finite(number)
                } else {
                    self = .other(try value.decode(String.self))
                }
            }
            var double: Double {
                switch self {
                case .finite(let number): number
                case .other(let word): word == "nan" ? .nan : word == "inf" ? .infinity : -.infinity
                }
            }
        }
        let file: Data
        let type: String
        let shape: [Int]
        let numbers: [Number]?
        let singles: [Float]?
    }

    @Test("arrays are as NumPy reads them, or refused")
    func arrays() throws {
        let cases = try randomCases("arrays.json", as: Case.self)
        #expect(cases.count >= 300)
        for (index, each) in cases.enumerated() {
            try Fixtures.temporaryFolder { folder in
                let path = folder.appendingPathComponent("a.npy").path
                try each.file.write(to: URL(fileURLWithPath: path))
                let note: Comment = "case \(index): \(each.type) \(each.shape)"
                guard let numbers = each.numbers else {
                    let error = failure { () throws(CellarError) in try readNPYNumbers(path) }
                    #expect(error?.category == .badData, note)
                    return
                }
                let found = try readNPYNumbers(path)
                #expect(found.shape == each.shape, note)
                let same = zip(found.values, numbers).allSatisfy {
                    $0 == $1.double || $0.isNaN && $1.double.isNaN
                }
                #expect(same && found.values.count == numbers.count, note)
                guard let singles = each.singles else {
                    #expect(
                        failure { () throws(CellarError) in try readNPY(path) }?.category == .badData, note)
                    return
                }
                let samples = try readNPY(path)
                #expect(samples.shape == (each.shape.count == 1 ? [1] : Array(each.shape.dropFirst())), note)
                switch samples.storage {
                case .floats(let values): #expect(values == singles, note)
                case .bytes(let bytes):
                    #expect(bytes.map { Float($0) } == singles && each.type == "|u1", note)
                case .texts: Issue.record("an array of texts is refused")
                }
            }
        }
    }
}

@Suite struct RandomScalerTests {
    struct Case: Decodable {
        let columns: [[Double]]
        let mean, variance, scale: [Double]
        let transformed: [[Double]]
    }

    @Test("columns are standardized as scikit-learn does")
    func scaler() throws {
        let cases = try randomCases("scaler.json", as: Case.self)
        #expect(cases.count >= 300)
        for (index, each) in cases.enumerated() {
            let scaler = StandardScaler(fitting: each.columns)
            // The same operations in the same order; a fused multiplication may round once less.
            func same(_ found: [Double], _ wanted: [Double]) -> Bool {
                zip(found, wanted).allSatisfy { abs($0 - $1) <= 4 * $1.ulp }
            }
            #expect(same(scaler.mean, each.mean), "case \(index)")
            #expect(same(scaler.variance, each.variance), "case \(index)")
            #expect(same(scaler.scale, each.scale), "case \(index)")
            for (found, wanted) in zip(scaler.transform(each.columns), each.transformed) {
                #expect(
                    zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) },
                    "case \(index)")
            }
        }
    }
}
