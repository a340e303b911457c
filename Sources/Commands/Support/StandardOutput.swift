import Glibc
import Base

/// Standard output through a buffer, which notices a full disk and a reader that has gone.
///
///     try StandardOutput.write { output in
///         for row in rows { try output.write(row) }
///     }
public struct StandardOutput: ~Copyable {
    private var buffer: [UInt8] = []
    private let capacity: Int
    private let descriptor: Int32

    init(descriptor: Int32, capacity: Int) {
        (self.descriptor, self.capacity) = (descriptor, capacity)
        buffer.reserveCapacity(capacity)
    }

    /// Lends standard output to `body` and writes out what is left at its end, also where `body` throws.
    public static func write<Result>(_ body: (inout StandardOutput) throws -> Result) throws -> Result {
        try write(to: STDOUT_FILENO, body)
    }

    static func write<Result>(to descriptor: Int32, _ body: (inout StandardOutput) throws -> Result) throws
        -> Result
    {
        reportBrokenPipes()
        var output = StandardOutput(descriptor: descriptor, capacity: 1 << 16)
        let result: Result
        do {
            result = try body(&output)
        } catch {
            // The body's error is the one to report.
            try? output.flush()
            throw error
        }
        try output.flush()
        return result
    }

    /// Writes a text, with escapes for all that controls a terminal but our own styles.
    public mutating func write(_ text: String) throws(CellarError) {
        let isStyled = descriptor == STDOUT_FILENO && Terminal.output.hasColour
        buffer += escapingControls(Array(text.utf8), in: isStyled ? .styledLines : .lines)
        if buffer.count >= capacity { try flush() }
    }

    /// Writes the bytes as they are.
    public mutating func write(_ bytes: Span<UInt8>) throws(CellarError) {
        buffer.reserveCapacity(buffer.count + bytes.count)
        for i in 0..<bytes.count { buffer.append(bytes[i]) }
        if buffer.count >= capacity { try flush() }
    }

    /// Hands over to the system what was written so far.
    public mutating func flush() throws(CellarError) {
        if buffer.isEmpty { return }
        // Once only: what failed is not tried again.
        defer { buffer.removeAll(keepingCapacity: true) }
        try buffer.span.write(to: descriptor, path: "standard output")
    }
}

/// Prints the text, and a newline where it has none at its end, on standard output. Characters from files and stores that
/// control a terminal are shown as escapes, also in a pipe: its reader may be a terminal.
public func printOutput(_ text: String) throws {
    try StandardOutput.write { output in
        try output.write(text)
        if text.utf8.last != UInt8(ascii: "\n") { try output.write("\n") }
    }
}

/// Prints the value on standard output, indented.
public func printOutput(_ value: JSON) throws {
    try printOutput(value.strict.text(pretty: true))
}
