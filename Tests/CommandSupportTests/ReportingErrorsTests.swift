import ArgumentParser
import Base
import Testing

@testable import CommandSupport

@Test("an error becomes its exit status; ArgumentParser's own errors stay what they are")
func exitCodes() throws {
    struct Strange: Error {}
    func code(_ error: any Error) -> Int32? {
        do {
            try reportingErrors(of: "test") { throw error }
            return nil
        } catch {
            return (error as? ExitCode)?.rawValue
        }
    }
    #expect(code(CellarError(.badData, "x")) == 65)
    #expect(code(Strange()) == 70)
    #expect(code(ExitCode(3)) == 3)
    #expect(throws: ValidationError.self) { try reportingErrors(of: "test") { throw ValidationError("x") } }
    #expect(try reportingErrors(of: "test") { 7 } == 7)
}
