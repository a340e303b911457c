import Base
import Datasets
import KerasFile
import Network

/// Why a recipe, its data or a training run did not work out: one or two lines for a person, with the place.
public struct CellarError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What a caller chooses by, as for an exit code.
    public enum Kind: Sendable {
        /// The request makes no sense as it was put.
        case usage
        /// A recipe, a table or a model file is there and is not what it should be.
        case badData
        /// The input is not there, or may not be read.
        case noInput
        /// An output cannot be made: its folder is missing, or may not be written to.
        case cannotCreate
        /// The system failed to read or write.
        case inputOutput
        /// The loss is no number any more.
        case diverged
    }

    public var kind: Kind
    /// The recipe or data file at fault, if one is.
    public var file: String?
    /// The line in it, counted from 1.
    public var line: Int?
    /// A table's column, by its name.
    public var column: String?
    /// What is wrong and what to do, without the place.
    public var message: String

    public init(_ kind: Kind, file: String? = nil, line: Int? = nil, column: String? = nil, _ message: String)
    {
        (self.kind, self.file, self.line, self.column) = (kind, file, line, column)
        self.message = message
    }

    public var description: String {
        let place = [file, line.map { "line \($0)" }, column.map { "column \"\($0)\"" }].compactMap { $0 }
        return (place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + message
    }
}

extension CellarError {
    init(_ error: CellarError) {
        let kind: Kind =
            switch error.kind {
            case .noInput: .noInput
            case .badData: .badData
            case .cannotCreate: .cannotCreate
            case .inputOutput: .inputOutput
            case .badRequest: .usage
            }
        self.init(kind, file: error.file, line: error.line, column: error.column, error.message)
    }

    init(_ error: CellarError) {
        let kind: Kind =
            switch error.kind {
            case .missing: .noInput
            case .damaged, .unsupported: .badData
            case .notWritable: .cannotCreate
            }
        self.init(kind, file: error.file, error.message)
    }

    /// The description of a model does not hold together, and there is no line to point at.
    init(_ error: CellarError, file: String? = nil) { self.init(.badData, file: file, error.description) }
}
