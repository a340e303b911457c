import Foundation
import TestSupport
import Testing

@testable import Base

private func golden(_ name: String) throws -> String {
    try String(
        contentsOf: Fixtures.repository.appendingPathComponent("Tests/JSONTextTests/Golden/\(name)"),
        encoding: .utf8)
}

@Test(
    "writes what Python wrote, to the byte",
    arguments: [("numbers", false), ("ascii", true), ("unicode", false)])
func sameText(_ name: String, _ ascii: Bool) throws {
    let text = try golden(name + ".json")
    #expect(try JSON(parsing: text).text(ascii: ascii) == text)
}

@Test("indents as Python does")
func prettyText() throws {
    let text = try golden("pretty.json")
    #expect(try JSON(parsing: text).text(pretty: true, ascii: true) == text)
}

@Test("rounds as Python does")
func rounding() throws {
    let cases = try #require(try JSON(parsing: golden("rounding.json")).array)
    #expect(cases.count > 15)
    for pair in cases {
        let text = try #require(pair.array?[0].string)
        let expected = try #require(pair.array?[1].string.flatMap(Double.init))
        let found = try #require(try JSON(parsing: text).double)
        #expect(found.bitPattern == expected.bitPattern, "\(text)")
    }
}

@Test(
    "numbers keep their kind from text to text",
    arguments: ["1", "1.0", "-0.0", "1e-07", "0.0001", "1e+16", "123456789.125"])
func kinds(_ text: String) throws {
    #expect(try JSON(parsing: text).text() == text)
}
