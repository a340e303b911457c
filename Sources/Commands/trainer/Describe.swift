import Base
import CommandSupport
import StoreSupport
import Trainer

extension StoreOptions {
    /// Runs a subcommand; its errors are reported as the user wants them.
    func run(_ body: () throws -> Void) throws { try run("trainer", describe: describe, body) }
}

/// The trainer's own errors, with their exit codes.
func describe(_ error: any Error) -> CellarError? {
    guard let error = error as? CellarError else { return nil }
    let status: ExitStatus =
        switch error.kind {
        case .usage: .usage
        case .badData, .diverged: .data
        case .noInput: .noInput
        case .cannotCreate: .cannotCreate
        case .inputOutput: .inputOutput
        }
    return CellarError(status, error.message, file: error.file, line: error.line, column: error.column)
}
