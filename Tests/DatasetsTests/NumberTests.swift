import CNumbers
import Foundation
import Testing

@testable import Datasets

/// Reads one field as the row scanner does: the value, or what is wrong.
private func double(_ text: String) -> (outcome: cn_outcome, value: Double) {
    var value = -1.0
    let outcome = unsafe text.withCString { unsafe cn_read_double($0, text.utf8.count, &value) }
    return (outcome, value)
}

private func float(_ text: String) -> (outcome: cn_outcome, value: Float) {
    var value: Float = -1
    let outcome = unsafe text.withCString { unsafe cn_read_float($0, text.utf8.count, &value) }
    return (outcome, value)
}

@Suite struct NumberTests {
    @Test func readsTheNearestNumber() throws {
        let cases = try GoldenFiles.decode("numbers.json", as: [[String]].self)
        #expect(cases.count > 800)
        for entry in cases {
            let wide = double(entry[0])
            #expect(wide.outcome == cn_number, "\(entry[0])")
            #expect(wide.value.bitPattern == UInt64(entry[1], radix: 16), "\(entry[0])")
            let narrow = float(entry[0])
            if entry[2].isEmpty {
                #expect(narrow.outcome == cn_too_large, "\(entry[0])")
            } else {
                #expect(narrow.outcome == cn_number, "\(entry[0])")
                #expect(narrow.value.bitPattern == UInt32(entry[2], radix: 16), "\(entry[0])")
            }
        }
    }

    @Test func readsTheNearestFloatOfManyShortTexts() {
        var random = MersenneTwister(seed: 1)
        for _ in 0..<200_000 {
            let digits = random.draw(through: 99_999_999)
            let places = random.draw(through: 8)
            let power = (0..<places).reduce(1) { product, _ in product * 10 }
            let fraction = String(digits % power)
            let text =
                places == 0
                ? "\(digits)"
                : "\(digits / power).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
            let narrow = float(text).value
            let wide = double(text).value
            if narrow != Float(text) || wide != Double(text) {
                Issue.record("\(text) gives \(narrow) and \(wide)")
                return
            }
        }
    }

    @Test(
        "tells what is no number",
        arguments: [
            ("", cn_missing), ("  ", cn_missing), ("NA", cn_missing), ("nan", cn_missing),
            ("null", cn_missing),
            ("?", cn_text), ("n/a", cn_missing), ("\"\"", cn_missing), ("inf", cn_not_finite),
            ("-Infinity", cn_not_finite), ("1e400", cn_too_large), ("-1e999999999999999999999", cn_too_large),
            ("abc", cn_text), ("1,5", cn_text), ("1.2.3", cn_text), ("0x10", cn_text), ("1e", cn_text),
            ("--1", cn_text), ("+-1", cn_text), ("-", cn_text), (".", cn_text), ("+", cn_text),
            ("1_000", cn_text),
            ("True", cn_boolean), ("FALSE", cn_boolean), (" True", cn_text), (" \"1\"", cn_text),
            ("1 2", cn_text), ("12abc", cn_text), ("e5", cn_text), ("nullx", cn_text),
        ] as [(String, cn_outcome)])
    func outcomes(text: String, outcome: cn_outcome) {
        #expect(double(text).outcome == outcome)
    }

    @Test(
        "allows blanks, quotes and a plus",
        arguments: [
            (" 7.4 ", 7.4), ("\"7.4\"", 7.4), ("\" 7.4 \"", 7.4), ("+7.4", 7.4), ("+.5", 0.5),
            ("7.4\t", 7.4),
            ("1e-999999999999999999999", 0),
        ] as [(String, Double)])
    func lenient(text: String, value: Double) {
        #expect(double(text) == (cn_number, value))
    }

    @Test func writesTheFewestDigitsThatReadBack() {
        func text(_ value: Float) -> String {
            var buffer = [CChar](repeating: 0, count: Int(cn_number_length))
            let count = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
                unsafe cn_write_float(value, buffer.baseAddress)
            }
            return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        #expect(text(0.1) == "0.1")
        #expect(text(1) == "1")
        #expect(text(0.00001) == "0.00001")
        #expect(text(1e-7) == "1e-07")
        #expect(text(16_777_216) == "16777216")
        #expect(text(-0.0) == "-0")
        #expect(text(.greatestFiniteMagnitude) == "3.4028235e+38")
        var random = MersenneTwister(seed: 2)
        for _ in 0..<100_000 {
            let value = Float(bitPattern: random.next32())
            guard value.isFinite else { continue }
            if float(text(value)).value.bitPattern != value.bitPattern {
                Issue.record("\(value) is written as \(text(value))")
                return
            }
        }
    }

    @Test func writesTheSameDigitsAsSwift() {
        // Both give the fewest digits that read back, and of those the nearest; in this range both write them plainly.
        var random = MersenneTwister(seed: 3)
        var buffer = [CChar](repeating: 0, count: Int(cn_number_length))
        for index in 0..<300_000 {
            var value = Float(bitPattern: 0x38d1_b717 + random.next32() % (0x4b00_0000 - 0x38d1_b717))
            // Numbers with few digits, and halves and quarters between which two decimals may be as near.
            if index % 4 == 1 { value = Float(random.next32() % 100_000) / 1000 + 1 }
            if index % 4 == 2 { value = Float(random.next32() % 65_536) / 4096 + 0.25 }
            if index % 2 == 1 { value = -value }
            let count = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
                unsafe cn_write_float(value, buffer.baseAddress)
            }
            let text = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let wanted = value.description
            if text != (wanted.hasSuffix(".0") ? String(wanted.dropLast(2)) : wanted) {
                Issue.record("\(value) is written as \(text)")
                return
            }
        }
    }
}
