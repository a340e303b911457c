import Base
import CommandSupport
import Datasets
import Infer
import StoreSupport

/// The errors of `infer`'s own library, with their exit codes, and those that tables bring.
func describe(_ error: any Error) -> CellarError? {
    switch error {
    case let error as CellarError:
        let status: ExitStatus =
            switch error.kind {
            case .usage: .usage
            case .noInput: .noInput
            case .badData: .data
            case .cannotCreate: .cannotCreate
            case .inputOutput: .inputOutput
            case .outputClosed: .outputClosed
            case .software: .software
            }
        return CellarError(status, error.message, file: error.file, line: error.line, column: error.column)
    case let error as CellarError: return describe(CellarError(describing: error))
    default: return nil
    }
}
