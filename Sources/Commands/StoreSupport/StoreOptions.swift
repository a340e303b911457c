import ArgumentParser
import CommandSupport
import Base
import KerasFile
import Registry

/// Where models are kept and how results are printed; the same for every subcommand of every command.
public protocol StoreChoice {
    var store: String? { get }
    var json: Bool { get }
}

public struct StoreOptions: ParsableArguments, StoreChoice {
    @Option(help: "The folder of models. (default: $CELLAR_STORE, else models)")
    public var store: String?

    @Flag(help: "Print JSON, in the forms that docs/json.md describes; errors too.")
    public var json = false

    public init() {}
}

extension StoreChoice {
    /// As the user named it.
    public var folder: String {
        if let store { return store }
        let variable = environmentVariable("CELLAR_STORE") ?? ""
        return variable.isEmpty ? "models" : variable
    }

    public func open() -> ModelStore {
        ModelStore(
            atPath: folder, reader: { try readIndexFacts($0.path) },
            guardian: { try Quarantine.check($0.path) })
    }

    /// Runs a subcommand; its error becomes a line or two and an exit code.
    ///
    /// - describe: knows the errors of the library that the command is about.
    public func run(
        _ command: String, describe: (any Error) -> CellarError? = { _ in nil }, _ body: () throws -> Void
    ) throws {
        try reportingErrors(
            of: command, json: json,
            describe: { describe($0) ?? StoreSupport.describe($0, withFile: json) }, body)
    }
}

/// The errors of the store and of model files, with their exit codes. The store's messages name their file themselves;
/// `withFile` gives it apart as well, for programs.
public func describe(_ error: any Error, withFile: Bool) -> CellarError? {
    switch error {
    case let error as CellarError:
        let status: ExitStatus =
            switch error.kind {
            case .missing: .noInput
            case .damaged, .unsupported: .data
            case .notWritable: .cannotCreate
            }
        return CellarError(status, error.message, file: error.file)
    case let error as CellarError:
        let status: ExitStatus =
            switch error.kind {
            case .usage: .usage
            case .notFound: .noInput
            case .badData, .refused: .data
            case .cannotCreate: .cannotCreate
            case .inputOutput: .inputOutput
            case .noPermission: .noPermission
            }
        return CellarError(status, error.message, file: withFile ? error.file : nil)
    default: return nil
    }
}
