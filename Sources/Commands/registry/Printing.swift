import Base
import Cellar
import CommandSupport
import StoreSupport

extension StoreOptions {
    /// Runs a subcommand; its errors are reported as the user wants them.
    func run(_ body: (Store) throws -> Void) throws { try run("registry") { try body(open()) } }

    /// Prints a result: as JSON, or as `text` has it for people.
    func print(_ value: @autoclosure () throws -> JSON, or text: () throws -> String) throws {
        do {
            if json { try printOutput(value()) } else { try printOutput(text()) }
        } catch let error as CellarError
            where error.category == .inputOutput && error.place.file == "standard output"
        {
            // A command prints when it is done.
            throw CellarError(
                error.category, error.message, at: error.place,
                remedy: "Only the answer is lost: what the command was asked to do is done.")
        }
    }
}

extension ProgressReporter {
    /// Prints warnings on standard error.
    static func warnings(json: Bool) -> ProgressReporter {
        ProgressReporter(warn: { printWarning($0, of: "registry", json: json) })
    }
}

/// `1 version`, `2 versions`.
func counted(_ count: Int, _ thing: String, _ things: String? = nil) -> String {
    "\(count) \(count == 1 ? thing : things ?? thing + "s")"
}

extension JSON {
    /// In a table's cell.
    var cell: String {
        switch self {
        case .string(let text): text
        case .array(let values) where values.count > 24:
            values.prefix(3).map(\.cell).joined(separator: ", ") + " … (\(values.count) values)"
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
