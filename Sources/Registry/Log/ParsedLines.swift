import Base
import Dispatch
import Synchronization

/// One line of a log.
struct ParsedLine: Sendable {
    let event: Result<Event, LogProblem>
    /// The position after the line, in bytes from the file's start.
    let end: Int
}

/// Parses the lines of one log in order. Those of a long log are parsed on another thread, while the caller applies the part
/// before: both take about the same time.
struct ParsedLines: ~Copyable {
    private let parser: LogParser
    private let isAhead: Bool
    private var part: ArraySlice<ParsedLine> = []

    /// - Parameters:
    ///   - position: Where the first line begins.
    ///   - limit: Only lines that end before this position are read.
    init(_ path: String, from position: Int, to limit: Int) throws(CellarError) {
        parser = LogParser(try LogReader(path, from: position, to: limit))
        isAhead = limit - position > 4 * LogParser.partLength
        if isAhead { parser.parseAhead() }
    }

    /// Returns the next line; nil at the end.
    mutating func next() throws(CellarError) -> ParsedLine? {
        if part.isEmpty {
            part = try isAhead ? parser.parsedAhead()[...] : parser.part().get()[...]
        }
        return part.popFirst()
    }
}

/// Parses a log part by part.
private final class LogParser: Sendable {
    /// The bytes of a part, to the end of its last line.
    static let partLength = 1 << 18

    private let reader: Mutex<LogReader>
    private let ahead = Mutex<Result<[ParsedLine], CellarError>>(.success([]))
    private let isParsed = DispatchSemaphore(value: 0)

    init(_ reader: consuming sending LogReader) { self.reader = Mutex(reader) }

    /// Parses the next part; an empty one at the end.
    func part() -> Result<[ParsedLine], CellarError> {
        reader.withLock { reader in
            var lines: [ParsedLine] = []
            let start = reader.position
            do throws(CellarError) {
                while reader.position - start < Self.partLength, let line = try reader.next() {
                    let event = Result { () throws(LogProblem) in try Event(line: line) }
                    lines.append(ParsedLine(event: event, end: reader.position))
                }
                return .success(lines)
            } catch { return .failure(error) }
        }
    }

    func parseAhead() {
        DispatchQueue.global().async { [self] in
            let part = part()
            ahead.withLock { $0 = part }
            isParsed.signal()
        }
    }

    /// Waits for the part that is parsed ahead, and begins the next one.
    func parsedAhead() throws(CellarError) -> [ParsedLine] {
        isParsed.wait()
        let part = try ahead.withLock { $0 }.get()
        if !part.isEmpty { parseAhead() } else { isParsed.signal() }
        return part
    }
}
