import ArgumentParser
import CommandSupport
import Foundation
import KerasFile
import Registry
import Trainer

/// What every subcommand takes.
struct CommonOptions: ParsableArguments {
    @Option(help: "The folder of models. (default: $CELLAR_STORE, else models)")
    var store: String?

    @Flag(help: "Print JSON, in the forms that docs/json.md describes.")
    var json = false

    /// As the user named it.
    var folder: String {
        if let store { return store }
        let variable = ProcessInfo.processInfo.environment["CELLAR_STORE"] ?? ""
        return variable.isEmpty ? "models" : variable
    }

    func open() -> ModelStore {
        ModelStore(at: URL(fileURLWithPath: folder)) { url in try readFacts(url.path) }
    }

    /// Runs a subcommand; its errors are reported as the user wants them.
    func run(_ body: () throws -> Void) throws {
        try reportingErrors(
            of: "trainer", json: json, describe: { describe($0, withFile: json) }, body)
    }
}

/// The errors of the modules that this command joins. Messages that name their file themselves give it to programs once
/// more, apart.
func describe(_ error: any Error, withFile: Bool) -> Failure? {
    switch error {
    case let error as TrainerError:
        let status: ExitStatus =
            switch error.kind {
            case .usage: .usage
            case .badData, .diverged: .data
            case .noInput: .noInput
            case .inputOutput: .inputOutput
            }
        return Failure(status, error.message, file: error.file, line: error.line)
    case let error as KerasFileError:
        let status: ExitStatus =
            switch error.kind {
            case .missing: .noInput
            case .damaged, .unsupported: .data
            case .notWritable: .inputOutput
            }
        return Failure(status, error.message, file: error.file)
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
    default: return nil
    }
}
