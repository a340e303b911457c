/// An error for people and for programs. It is created once, where it happens; callers that know more about
/// the place add it with `at`.
public struct CellarError: Error, Equatable, Sendable {
    /// The kind of failure. Its raw value is the exit status of a command, as in sysexits.h.
    public enum Category: Int32, Sendable {
        /// An invalid request: a wrong option, an unknown metric, a malformed name.
        case usage = 64
        /// The input exists, but its content is invalid.
        case badData = 65
        /// The input does not exist or cannot be read.
        case noInput = 66
        /// A bug in Cellar itself.
        case internalFault = 70
        /// The system gives no more memory.
        case outOfMemory = 71
        /// An output cannot be made: its folder is missing, or may not be written to.
        case cannotCreate = 73
        /// The system failed to read or write: a full disk, a broken connection.
        case inputOutput = 74
        case noPermission = 77
        /// The caller cancelled the work. A shell shows the same status after SIGINT.
        case cancelled = 130
        /// The program that reads our output has ended. A shell shows the same status after SIGPIPE.
        case outputClosed = 141
    }

    /// The location of the error. All known parts are set.
    public struct Place: Equatable, Sendable {
        public var file: String?
        /// The line of a text file, counted from 1. A quoted field of a table may span several lines.
        public var line: Int?
        /// The data row of a table or array, counted from 1 after the header.
        public var row: Int?
        /// The name of a table column.
        public var column: String?
        /// The layer, optimizer, loss or metric, as `Dense "hidden"`.
        public var subject: String?
        /// The key in that subject's config. The recipe reader maps it to a line.
        public var key: String?

        public init(
            file: String? = nil, line: Int? = nil, row: Int? = nil, column: String? = nil,
            subject: String? = nil, key: String? = nil
        ) {
            (self.file, self.line, self.row, self.column) = (file, line, row, column)
            (self.subject, self.key) = (subject, key)
        }
    }

    public var category: Category
    /// The failed operation, the expected and the found value, without the place.
    public var message: String
    public var place: Place
    /// The next step for the user, as a sentence.
    public var remedy: String?

    public init(_ category: Category, _ message: String, at place: Place, remedy: String? = nil) {
        (self.category, self.message, self.place, self.remedy) = (category, message, place, remedy)
    }

    public init(
        _ category: Category, _ message: String, file: String? = nil, line: Int? = nil, column: String? = nil,
        remedy: String? = nil
    ) {
        self.init(category, message, at: Place(file: file, line: line, column: column), remedy: remedy)
    }

    /// Creates an error about the config of a layer, an optimizer, a loss or a network.
    public init(_ message: String, subject: String? = nil, key: String? = nil) {
        self.init(.badData, message, at: Place(subject: subject, key: key))
    }

    /// Creates an error of the form "expected …, found …".
    public init(
        _ category: Category, file: String? = nil, row: Int? = nil, line: Int? = nil, column: String? = nil,
        expected: String, found: String, fix: String
    ) {
        self.init(
            category, "expected \(expected), found \(found).",
            at: Place(file: file, line: line, row: row, column: column), remedy: fix)
    }
}

extension CellarError {
    /// Converts any error: returns a `CellarError` unchanged, and treats every other error as an internal
    /// fault.
    public init(_ error: any Error) {
        self = error as? CellarError ?? CellarError(.internalFault, "unexpected error: \(error)")
    }

    /// Returns the error with the file set, unless it has one already.
    public func at(file: String?) -> CellarError {
        var error = self
        error.place.file = place.file ?? file
        return error
    }
}

extension CellarError {
    /// Returns the error with this remedy.
    public func advising(_ remedy: String) -> CellarError {
        var error = self
        error.remedy = remedy
        return error
    }
}

/// Runs `body` and adds the file to its error, unless the error has one already.
public func naming<Result: ~Copyable>(
    file: String?, _ body: () throws -> Result
) throws(CellarError) -> Result {
    do { return try body() } catch { throw CellarError(error).at(file: file) }
}

extension CellarError: CustomStringConvertible {
    /// One or two lines for a person: the place and the message, then the remedy on its own line.
    public var description: String {
        let place = [
            place.file, place.line.map { "line \($0)" }, place.column.map { "column '\($0)'" },
            place.row.map { "row \($0)" }, place.subject,
        ].compactMap { $0.map(printable) }
        return (place + [explanation]).joined(separator: ": ")
    }

    /// The message and the remedy, without the place.
    public var explanation: String { message + (remedy.map { "\n" + $0 } ?? "") }

    /// The form of an error in every `--json` output. Unknown values are null.
    public var json: JSON {
        let start = [place.row.map { "row \($0)" }, place.subject].compactMap { $0 }
        return [
            "error": [
                "message": .string((start + [explanation]).joined(separator: ": ")),
                "file": place.file.map { .string($0) } ?? .null,
                "line": place.line.map { .integer($0) } ?? .null,
                "column": place.column.map { .string($0) } ?? .null,
            ]
        ]
    }
}
