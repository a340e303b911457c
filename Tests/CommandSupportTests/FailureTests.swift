import ArgumentParser
import Foundation
import Base
import TestSupport
import Testing

@testable import CommandSupport

private struct Described: Error, CustomStringConvertible { let description = "the wine is off" }
private struct Silent: Error {}

@Test("describes errors of any kind")
func describing() throws {
    #expect(CellarError(describing: Described()) == CellarError(.internalFault, "the wine is off"))
    #expect(CellarError(describing: Silent()).status == .software)
    #expect(
        CellarError(describing: CellarError(.badData, "x", file: "f"))
            == CellarError(.badData, "x", file: "f"))
    #expect(CellarError(describing: POSIXError(.EACCES)) == CellarError(.noPermission, "Permission denied."))
    try Fixtures.temporaryFolder { folder in
        let missing = folder.appendingPathComponent("missing.csv")
        #expect(throws: CellarError(.noInput, "No such file or directory.", file: missing.path)) {
            do { _ = try Data(contentsOf: missing) } catch { throw CellarError(describing: error) }
        }
        #expect(throws: CellarError(.noInput, "Is a directory.", file: folder.path)) {
            do { _ = try Data(contentsOf: folder) } catch { throw CellarError(describing: error) }
        }
        let orphan = missing.appendingPathComponent("out.csv")
        #expect(throws: CellarError(.cannotCreate, "No such file or directory.", file: orphan.path)) {
            do { try Data().write(to: orphan) } catch { throw CellarError(describing: error) }
        }
    }
}

@Test("names the place before the message, and in JSON each part of it")
func failureText() {
    let failure = CellarError(
        .badData, "A number was expected, 'x' found.", file: "wine.csv", line: 7, column: "pH")
    #expect(failure.text == "wine.csv: line 7: column 'pH': A number was expected, 'x' found.")
    #expect(
        failure.json.text()
            == #"{"error": {"message": "A number was expected, 'x' found.", "file": "wine.csv", "line": 7, "column": "pH"}}"#
    )
    #expect(CellarError(.usage, "x").json["error"]?["file"] == .null)
}

@Test("an error becomes ArgumentParser's exit code, usage errors stay what they are")
func exitCodes() throws {
    let describe = { (error: any Error) in error is Silent ? CellarError(.noPermission, "no") : nil }
    func code(_ error: any Error) -> Int32? {
        do {
            try reportingErrors(of: "test", describe: describe) { throw error }
            return nil
        } catch {
            return (error as? ExitCode)?.rawValue
        }
    }
    #expect(code(CellarError(.badData, "x")) == 65)
    #expect(code(Silent()) == 77)
    #expect(code(Described()) == 70)
    #expect(code(ExitCode(3)) == 3)
    #expect(throws: ValidationError.self) { try reportingErrors(of: "test") { throw ValidationError("x") } }
    #expect(try reportingErrors(of: "test") { 7 } == 7)
}
