import Base
import Datasets
import Glibc
import KerasFile
import Metrics
import Network

/// Why something could not be predicted, in one or two lines for a person, with the place where it went wrong.
public struct CellarError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What a caller chooses by, as for an exit code.
    public enum Kind: Sendable {
        /// Asked for what makes no sense, or too little was said: classes that the model does not name.
        case usage
        /// An input is not there, or may not be read.
        case noInput
        /// An input, or the model file, is not what it should be, or the two do not fit.
        case badData
        /// An output cannot be made: its folder is missing, or may not be written to.
        case cannotCreate
        /// The system failed to read or write.
        case inputOutput
        /// Whoever read our output has ended.
        case outputClosed
        /// Our own fault.
        case software
    }

    public var kind: Kind
    /// What was expected, what was found, what to do, without the file.
    public var message: String
    public var file: String?
    /// The line of the text file, counted from 1.
    public var line: Int?
    /// The column's name.
    public var column: String?

    public init(_ kind: Kind, _ message: String, file: String? = nil, line: Int? = nil, column: String? = nil)
    {
        (self.kind, self.message, self.file, self.line, self.column) = (kind, message, file, line, column)
    }

    public var description: String {
        let place = [file, line.map { "line \($0)" }, column.map { "column \"\($0)\"" }].compactMap { $0 }
        return (place + [message]).joined(separator: ": ")
    }

    /// The same as one of ours, where the error comes from a library below.
    public init(describing error: any Error) { self.init(error) }

    /// - file: The one being worked on, for errors that do not know it.
    init(_ error: any Error, file: String? = nil) {
        switch error {
        case let error as CellarError: self = error
        case let error as CellarError:
            let kinds: [CellarError.Kind: Kind] = [
                .noInput: .noInput, .badData: .badData, .cannotCreate: .cannotCreate,
                .inputOutput: .inputOutput, .badRequest: .usage,
            ]
            let brokenPipe = unsafe String(cString: strerror(EPIPE))
            let isClosed = error.kind == .inputOutput && error.found == brokenPipe
            self.init(
                isClosed ? .outputClosed : kinds[error.kind] ?? .badData, error.message, file: error.file,
                line: error.line, column: error.column)
        case let error as CellarError:
            let kinds: [CellarError.Kind: Kind] = [
                .missing: .noInput, .damaged: .badData, .unsupported: .badData, .notWritable: .cannotCreate,
            ]
            self.init(kinds[error.kind] ?? .badData, error.message, file: error.file)
        case let error as CellarError:
            self.init(
                .badData, error.message, file: error.file ?? file, line: error.line, column: error.column)
        case let error as CellarError:
            self.init(.badData, error.description, file: file)
        default:
            self.init(.software, "\(error)", file: file)
        }
    }
}

/// Runs what may fail in any of the libraries below, and gives its failure as ours.
func reporting<Result: ~Copyable>(
    file: String? = nil, _ body: () throws -> Result
) throws(CellarError) -> Result {
    do { return try body() } catch { throw CellarError(error, file: file) }
}
