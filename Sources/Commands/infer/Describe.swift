import CommandSupport
import Datasets
import Infer
import KerasFile
import Registry

/// The errors of the libraries that this command joins, with their exit codes. The registry's messages name the file
/// already; `withFile` gives it apart as well, for programs.
func describe(_ error: any Error, withFile: Bool = false) -> Failure? {
    switch error {
    case let error as InferError:
        let status: ExitStatus =
            switch error.kind {
            case .usage: .usage
            case .noInput: .noInput
            case .badData: .data
            case .inputOutput: .inputOutput
            case .outputClosed: .outputClosed
            case .software: .software
            }
        return Failure(status, error.message, file: error.file, line: error.line, column: error.column)
    case let error as RegistryError:
        let status: ExitStatus =
            switch error.kind {
            case .usage: .usage
            case .notFound: .noInput
            case .badData, .refused: .data
            case .inputOutput: .inputOutput
            case .noPermission: .noPermission
            }
        return Failure(status, error.message, file: withFile ? error.file : nil)
    case let error as DataError: return describe(InferError(describing: error))
    case let error as KerasFileError: return describe(InferError(describing: error))
    default: return nil
    }
}
