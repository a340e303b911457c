import ArgumentParser
import CommandSupport
import JSONText
import KerasFile
import Registry

/// What every subcommand takes.
struct CommonOptions: ParsableArguments {
    @Option(help: "The folder of models. (default: $CELLAR_STORE, else models)")
    var store: String?

    @Flag(help: "Print JSON, in the forms that docs/json.md describes.")
    var json = false

    /// As the user named it.
    var folder: String {
        if let store { return store }
        let variable = environmentVariable("CELLAR_STORE") ?? ""
        return variable.isEmpty ? "models" : variable
    }

    func open() -> ModelStore { ModelStore(atPath: folder, reader: readModelFacts) }

    /// Runs a subcommand; its errors are reported as the user wants them.
    func run(_ body: (ModelStore) throws -> Void) throws {
        try reportingErrors(
            of: "registry", json: json, describe: { describe($0, withFile: json) }
        ) {
            try body(open())
        }
    }

    /// Prints a result: as JSON, or as `text` has it for people.
    func print(_ value: @autoclosure () throws -> JSON, or text: () throws -> String) throws {
        try printOutput(json ? value().strict.text(pretty: true) : text())
    }
}

/// The store's messages name their file themselves; a program gets it once more, apart.
private func describe(_ error: any Error, withFile: Bool) -> Failure? {
    if let error = error as? KerasFileError {
        let status: ExitStatus =
            switch error.kind {
            case .missing: .noInput
            case .damaged, .unsupported: .data
            case .notWritable: .cannotCreate
            }
        return Failure(status, error.description, file: withFile ? error.file : nil)
    }
    guard let error = error as? RegistryError else { return nil }
    let status: ExitStatus =
        switch error.kind {
        case .usage: .usage
        case .notFound: .noInput
        case .badData, .refused: .data
        case .inputOutput: .inputOutput
        case .noPermission: .noPermission
        }
    return Failure(status, error.message, file: withFile ? error.file : nil)
}

/// `1 version`, `2 versions`.
func counted(_ count: Int, _ thing: String, _ things: String? = nil) -> String {
    "\(count) \(count == 1 ? thing : things ?? thing + "s")"
}

extension JSON {
    /// The same without what strict JSON has no word for: NaN and infinities become null.
    var strict: JSON {
        switch self {
        case .number(let value) where !value.isFinite: .null
        case .array(let values): .array(values.map(\.strict))
        case .object(let object): .object(JSONObject(object.members.map { ($0.key, $0.value.strict) }))
        default: self
        }
    }

    /// In a table's cell.
    var cell: String {
        switch self {
        case .string(let text): text
        case .array(let values): values.map(\.cell).joined(separator: ", ")
        case .number(let value): value.cell
        case .null: ""
        default: text()
        }
    }
}

extension Double {
    /// For people at a terminal short, for programs every digit.
    var cell: String {
        guard Terminal.output.isTerminal, isFinite, self != 0 else { return "\(self)" }
        return abs(self) >= 1e-3 && abs(self) < 1e6 ? fixed(4) : scientific(3)
    }
}
