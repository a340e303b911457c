import Base
import CNumbers

/// Reads objects of JSON, one a line, of any number in blocks of complete lines, with constant memory.
public struct JSONLinesReader: ~Copyable {
    private let input: TableInput
    public var name: String { input.name }
    /// The names of the first object's members; empty without rows.
    public let names: [String]

    private let block: Int
    /// Bytes that were read but not returned: the start of a line.
    private var rest: [UInt8]
    private var hasEnded = false
    /// The position of the next block, and the lines before it.
    private var position = 0
    private var lines = 0
    private var range: Range<Int>?

    private static let longestLine = 1 << 26

    /// Opens a file, `-` for standard input, and reads its first line.
    public init(path: String, block: Int = 1 << 18) throws(CellarError) {
        let input = TableInput(try InputFile(path: path))
        var rest: [UInt8] = []
        var ended = false
        // The first line that is not blank.
        // Until there is a line with text. Each byte is looked at once: a line may have 64 MB.
        var (text, searched): (Int?, Int) = (nil, 0)
        while !ended {
            text = text ?? rest[searched...].firstIndex { !JSONLineScanner.isSpace($0) }
            if let text, rest[max(text, searched)...].contains(UInt8(ascii: "\n")) { break }
            searched = rest.count
            var bytes = [UInt8](repeating: 0, count: block)
            let count = try input.read(into: &bytes, at: 0)
            rest += bytes[..<count]
            ended = count == 0
            try JSONLinesReader.checkLength(rest.count, input.name, line: 1)
        }
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest.removeFirst(3) }
        let first = rest.drop(while: JSONLineScanner.isSpace).prefix { $0 != UInt8(ascii: "\n") }
        (self.input, self.rest, self.block, hasEnded) = (input, rest, block, ended)
        names = (try? JSON(parsing: Array(first)))?.object?.members.map(\.key) ?? []
    }

    /// The size of a regular file that is not compressed.
    public var size: Int? { input.plainSize }

    /// From now on only lines that begin in this range are read, in bytes. Call it before the first `take`.
    public mutating func restrict(to range: Range<Int>) { self.range = range }

    /// Fills the chunk with the next complete lines. Returns false at the end, or if `stop` returns true while waiting for a pipe.
    public mutating func take(
        into chunk: inout JSONLinesChunk, unless stop: () -> Bool = { false }
    ) throws(CellarError) -> Bool {
        while position < range?.upperBound ?? .max, try takeBlock(into: &chunk, unless: stop) {
            let start = position
            position += chunk.size
            chunk.firstLine = lines + 1
            lines += chunk.bytes[..<chunk.size].count { $0 == UInt8(ascii: "\n") }
            if let range {
                chunk.cut(to: max(range.lowerBound - start, 0)..<max(range.upperBound - start, 0))
            }
            if chunk.size > 0 { return true }
        }
        return false
    }

    private mutating func takeBlock(
        into chunk: inout JSONLinesChunk, unless stop: () -> Bool
    ) throws(CellarError) -> Bool {
        // Bytes that are there, and those before which no line ends.
        var (used, searched) = (rest.count, 0)
        chunk.bytes.removeAll(keepingCapacity: true)
        chunk.bytes += rest
        chunk.bytes += [UInt8](repeating: 0, count: block)
        rest.removeAll(keepingCapacity: true)
        while true {
            let end =
                hasEnded
                ? used : chunk.bytes[searched..<used].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            if end > 0 {
                rest += chunk.bytes[end..<used]
                chunk.size = end
                return true
            }
            if hasEnded { return false }
            searched = used
            try JSONLinesReader.checkLength(used, name, line: lines + 1)
            if used == chunk.bytes.count { chunk.bytes += [UInt8](repeating: 0, count: used) }
            guard input.waitForData(unless: stop) else { return false }
            let count = try input.read(into: &chunk.bytes, at: used)
            hasEnded = count == 0
            used += count
        }
    }

    private static func checkLength(_ count: Int, _ file: String, line: Int) throws(CellarError) {
        guard count <= longestLine else {
            throw CellarError(
                .badData, file: file, line: line, expected: "lines of at most \(longestLine >> 20) MB",
                found: "a longer one", fix: "Write one object a line.")
        }
    }
}

/// A block of consecutive lines. `JSONLinesReader.take` fills it and `JSONLineScanner.scan` finds its rows.
public struct JSONLinesChunk: Sendable {
    /// The numbers of the wanted members, row-major.
    public internal(set) var numbers: [Float] = []
    /// The number of rows.
    public internal(set) var count = 0

    var bytes: [UInt8] = []
    var size = 0
    var firstLine = 1
    /// The position of each row's object, and of its closing brace.
    var objects: [Range<Int>] = []
    /// The text of each key of each row; empty where the row does not have it.
    var keys: [Range<Int>] = []
    var fault: CellarError?

    public init() {}

    /// The text of a row's object.
    public func object(_ row: Int) -> [UInt8] {
        Array(bytes[objects[row].lowerBound...objects[row].upperBound])
    }

    /// Throws the error in the row after the last valid one, if there is one.
    public func check() throws(CellarError) { if let fault { throw fault } }

    /// Leaves only the lines that begin in this range.
    fileprivate mutating func cut(to range: Range<Int>) {
        func lineStart(_ position: Int) -> Int {
            if position <= 0 { return 0 }
            if position >= size { return size }
            return bytes[(position - 1)..<size].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? size
        }
        let (from, to) = (lineStart(range.lowerBound), lineStart(range.upperBound))
        firstLine += bytes[..<from].count { $0 == UInt8(ascii: "\n") }
        bytes.removeSubrange(..<from)
        size = max(to - from, 0)
    }
}
