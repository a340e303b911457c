import ArgumentParser
import Cellar
import CommandSupport
import Base

/// Where models are kept and how results are printed; the same for every subcommand of every command.
public struct StoreOptions: ParsableArguments {
    @Option(help: "The folder of models. (default: $CELLAR_STORE, else models)", completion: .directory)
    public var store: String?

    @Flag(help: "Print JSON in the forms of docs/json.md, including errors.")
    public var json = false

    public init() {}

    public func validate() throws {
        // An unset variable of a shell; the current folder is `.`.
        if store?.isEmpty == true { throw ValidationError("--store is empty; name the folder of models.") }
    }

    public func open() -> Store { Store(store) }

    /// Runs a subcommand; its error becomes a line or two and an exit code.
    public func run(_ command: String, _ body: () throws -> Void) throws {
        try reportingErrors(of: command, json: json, body)
    }
}
