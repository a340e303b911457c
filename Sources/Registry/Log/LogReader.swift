import Base

/// Reads the complete lines of a log one after the other, in blocks of 256 KiB.
struct LogReader: ~Copyable {
    private let file: InputFile
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var (start, end) = (0, 0)
    /// The position after the last line that was returned, in bytes from the file's start.
    private(set) var position: Int
    /// Only lines that end before this position are read.
    private let limit: Int

    init(_ path: String, from position: Int, to limit: Int) throws(CellarError) {
        let opened = try InputFile(path: path)
        try opened.skip(to: position)
        file = opened
        (self.position, self.limit) = (position, limit)
    }

    /// Returns the next line without its newline; nil at the end. A last line without a newline is not returned.
    mutating func next() throws(CellarError) -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let newline = buffer[searched..<end].firstIndex(of: 10) {
                let line = buffer[start..<newline]
                guard position + line.count + 1 <= limit else { return nil }
                position += line.count + 1
                start = newline + 1
                return line
            }
            searched = end - start
            if start > 0 {
                buffer.replaceSubrange(0..<(end - start), with: Array(buffer[start..<end]))
                (start, end) = (0, end - start)
            }
            if end == buffer.count {
                // A line that is far too long is passed on as it is, and refused by its length.
                guard buffer.count <= 2 * Event.lengthLimit else { return try rest() }
                buffer += [UInt8](repeating: 0, count: buffer.count)
            }
            let count = try file.read(into: &buffer, at: end)
            if count == 0 { return nil }
            end += count
        }
    }

    /// Skips to the end of a line that is too long, and returns its beginning.
    private mutating func rest() throws(CellarError) -> ArraySlice<UInt8>? {
        let beginning = buffer[0...Event.lengthLimit]
        var block = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            // Nothing ends in a hole, which may have a terabyte.
            file.skipHole()
            let count = try file.read(into: &block, at: 0)
            if count == 0 { return nil }
            if let newline = block[0..<count].firstIndex(of: 10) {
                position = try file.position() - count + newline + 1
                guard position <= limit else { return nil }
                let kept = block[(newline + 1)..<count]
                buffer = Array(kept) + [UInt8](repeating: 0, count: (1 << 18))
                (start, end) = (0, kept.count)
                return beginning
            }
        }
    }
}
