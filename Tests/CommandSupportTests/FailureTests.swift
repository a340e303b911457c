import ArgumentParser
import Foundation
import JSONText
import TestSupport
import Testing

@testable import CommandSupport

private struct Described: Error, CustomStringConvertible { let description = "the wine is off" }
private struct Silent: Error {}

@Test("describes errors of any kind")
func describing() throws {
    #expect(Failure(describing: Described()) == Failure(.software, "the wine is off"))
    #expect(Failure(describing: Silent()).status == .software)
    #expect(Failure(describing: Failure(.data, "x", file: "f")) == Failure(.data, "x", file: "f"))
    #expect(Failure(describing: POSIXError(.EACCES)) == Failure(.noPermission, "Permission denied."))
    try Fixtures.temporaryFolder { folder in
        let missing = folder.appendingPathComponent("missing.csv")
        #expect(throws: Failure(.noInput, "No such file or directory.", file: missing.path)) {
            do { _ = try Data(contentsOf: missing) } catch { throw Failure(describing: error) }
        }
        #expect(throws: Failure(.noInput, "Is a directory.", file: folder.path)) {
            do { _ = try Data(contentsOf: folder) } catch { throw Failure(describing: error) }
        }
        let orphan = missing.appendingPathComponent("out.csv")
        #expect(throws: Failure(.cannotCreate, "No such file or directory.", file: orphan.path)) {
            do { try Data().write(to: orphan) } catch { throw Failure(describing: error) }
        }
    }
}

@Test("names the place before the message, and in JSON each part of it")
func failureText() {
    let failure = Failure(.data, "A number was expected, 'x' found.", file: "wine.csv", line: 7, column: "pH")
    #expect(failure.text == "wine.csv: line 7: column 'pH': A number was expected, 'x' found.")
    #expect(
        failure.json.text()
            == #"{"error": {"message": "A number was expected, 'x' found.", "file": "wine.csv", "line": 7, "column": "pH"}}"#
    )
    #expect(Failure(.usage, "x").json["error"]?["file"] == .null)
}

@Test("an error becomes ArgumentParser's exit code, usage errors stay what they are")
func exitCodes() throws {
    let describe = { (error: any Error) in error is Silent ? Failure(.noPermission, "no") : nil }
    func code(_ error: any Error) -> Int32? {
        do {
            try reportingErrors(of: "test", describe: describe) { throw error }
            return nil
        } catch {
            return (error as? ExitCode)?.rawValue
        }
    }
    #expect(code(Failure(.data, "x")) == 65)
    #expect(code(Silent()) == 77)
    #expect(code(Described()) == 70)
    #expect(code(ExitCode(3)) == 3)
    #expect(throws: ValidationError.self) { try reportingErrors(of: "test") { throw ValidationError("x") } }
    #expect(try reportingErrors(of: "test") { 7 } == 7)
}
