import Testing

@testable import Base

@Test("an error tells place, message and next step, and leaves out what it does not know")
func description() {
    let error = CellarError(
        .badData, file: "wine.csv", row: 3, line: 7, column: "pH", expected: "a number", found: "\"x\"",
        fix: "Correct the cell.")
    #expect(
        error.description
            == "wine.csv: line 7: column 'pH': row 3: expected a number, found \"x\".\nCorrect the cell.")
    #expect(CellarError(.usage, "no such option.").description == "no such option.")
    #expect(
        CellarError("units is missing", subject: "Dense \"a\"").at(file: "m.h5").description
            == "m.h5: Dense \"a\": units is missing")
}

@Test("an error's JSON has every key")
func json() {
    let error = CellarError(.badData, "bad cell.", file: "a.csv", line: 2, column: "b", remedy: "Mend it.")
    #expect(
        error.json.text()
            == #"{"error": {"message": "bad cell.\nMend it.", "file": "a.csv", "line": 2, "column": "b"}}"#)
    #expect(
        CellarError(.usage, "x").json.text()
            == #"{"error": {"message": "x", "file": null, "line": null, "column": null}}"#)
}

@Test("a file that is known already stays the error's file")
func knownFile() {
    let error = CellarError(.badData, "x", file: "inner.h5")
    #expect(error.at(file: "outer.h5").place.file == "inner.h5")
    #expect(throws: error) { try naming(file: "outer.h5") { throw error } }
}

@Test("an error that nobody foresaw is a fault of Cellar's")
func unforeseen() {
    struct Strange: Error {}
    #expect(CellarError(Strange()).category == .internalFault)
    #expect(CellarError(CellarError(.usage, "x")) == CellarError(.usage, "x"))
}
