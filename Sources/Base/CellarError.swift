/// Why something could not be done, for people and for programs. An error is made once, where it happens; a caller
/// that knows more of the place adds it with `at`.
public struct CellarError: Error, Equatable, Sendable {
    /// The kind of failure. Its raw value is the exit status of a command, as in sysexits.h.
    public enum Category: Int32, Sendable {
        /// The request makes no sense as it was put: a wrong option, an unknown metric, a malformed name.
        case usage = 64
        /// The input is there and is not what it should be.
        case badData = 65
        /// The input is not there, or may not be read.
        case noInput = 66
        /// A mistake in Cellar itself.
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

    /// Where the fault is. All parts that are known are set.
    public struct Place: Equatable, Sendable {
        public var file: String?
        /// The line of a text file, counted from 1. A quoted field of a table may span several.
        public var line: Int?
        /// The data row of a table or array, counted from 1 after the header.
        public var row: Int?
        /// The name of a table's column.
        public var column: String?
        /// The layer, optimizer, loss or metric, as `Dense "hidden"`.
        public var subject: String?
        /// The key of that subject's config, for a reader of recipes who knows the key's line.
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
    /// What was being done, what was expected and what was found, without the place.
    public var message: String
    public var place: Place
    /// What the user can do next, as a sentence.
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

    /// An error in the config of a layer, an optimizer, a loss or a network.
    public init(_ message: String, subject: String? = nil, key: String? = nil) {
        self.init(.badData, message, at: Place(subject: subject, key: key))
    }

    /// An error in the usual form: expected this, found that.
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
    /// Any error as one of ours: itself, or a fault of Cellar's where nobody foresaw it.
    public init(_ error: any Error) {
        self = error as? CellarError ?? CellarError(.internalFault, "unexpected error: \(error)")
    }

    /// The same error with the file where none is known yet.
    public func at(file: String?) -> CellarError {
        var error = self
        error.place.file = place.file ?? file
        return error
    }
}

extension CellarError {
    /// The same error with this next step.
    public func advising(_ remedy: String) -> CellarError {
        var error = self
        error.remedy = remedy
        return error
    }
}

/// Runs `body`, and gives its error the file where none is known yet.
public func naming<Result: ~Copyable>(
    file: String?, _ body: () throws -> Result
) throws(CellarError) -> Result {
    do { return try body() } catch { throw CellarError(error).at(file: file) }
}

extension CellarError: CustomStringConvertible {
    /// One or two lines for a person: the place, the message, and the next step on a line of its own.
    public var description: String {
        let place = [
            place.file, place.line.map { "line \($0)" }, place.column.map { "column '\($0)'" },
            place.row.map { "row \($0)" }, place.subject,
        ].compactMap { $0 }
        return (place + [explanation]).joined(separator: ": ")
    }

    /// The message and the next step, without the place.
    public var explanation: String { message + (remedy.map { "\n" + $0 } ?? "") }

    /// The form of an error in every `--json`: what is not known is null.
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
