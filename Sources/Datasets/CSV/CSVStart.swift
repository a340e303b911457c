import Base

/// Finds the first line of a table in bytes that arrive in pieces.
struct CSVStart {
    private var bytes: [UInt8] = []

    struct Found {
        var header: CSVHeader
        /// The bytes after the first line.
        var rest: [UInt8]
        /// The line number of `rest`.
        var line: Int
        var ended: Bool
    }

    /// A longer first line means that the file is not a table.
    private static let longestLine = 1 << 24

    /// Adds a piece; an empty piece marks the end. Returns nil until the first line is complete.
    mutating func add(_ piece: ArraySlice<UInt8>, file: String) throws(CellarError) -> Found? {
        bytes += piece
        let ended = piece.isEmpty
        guard ended || bytes.count >= 4 else { return nil }
        try refuseOtherFormats(file)
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var line = 1
        while position < bytes.count {
            guard let end = endOfLine(from: position) ?? (ended ? bytes.count : nil) else { break }
            var content = bytes[position..<end]
            if content.last == UInt8(ascii: "\r") { content.removeLast() }
            let next = min(end + 1, bytes.count)
            let ends = content.count { $0 == UInt8(ascii: "\n") } + 1
            if content.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) {
                (position, line) = (next, line + ends)
                continue
            }
            let header = try CSVHeader(file: file, line: line, bytes: Array(content))
            return Found(header: header, rest: Array(bytes[next...]), line: line + ends, ended: ended)
        }
        if ended {
            throw CellarError(
                .badData, file: file, expected: "a table with column names in the first line",
                found: bytes.isEmpty ? "an empty file" : "only blank lines",
                fix: "Check that the file is complete.")
        }
        guard bytes.count < CSVStart.longestLine else {
            throw CellarError(
                .badData, file: file, line: 1, expected: "column names", found: "a line of more than 16 MB",
                fix: "Check that it is a table.")
        }
        return nil
    }

    /// The position of the next line end outside of quotes.
    private func endOfLine(from start: Int) -> Int? {
        var quoted = false
        for index in start..<bytes.count {
            if bytes[index] == UInt8(ascii: "\"") { quoted.toggle() }
            if bytes[index] == UInt8(ascii: "\n") && !quoted { return index }
        }
        return nil
    }

    private func refuseOtherFormats(_ file: String) throws(CellarError) {
        let formats: [([UInt8], String, String)] = [
            ([0xFF, 0xFE], "UTF-16 text", "Save the table as UTF-8."),
            ([0xFE, 0xFF], "UTF-16 text", "Save the table as UTF-8."),
            ([0x1F, 0x8B], "gzip data", "Decompress it: `gzip -dc FILE |`, with the path `-`."),
            ([0x50, 0x4B, 3, 4], "a zip archive or a spreadsheet", "Save the table as CSV."),
            ([0x89, 0x50, 0x4E, 0x47], "a PNG picture", "Use the command for pictures."),
            ([0x93, 0x4E, 0x55, 0x4D], "a NumPy array", "Rename it to .npy."),
        ]
        for (start, found, fix) in formats where bytes.starts(with: start) {
            throw CellarError(.badData, file: file, expected: "a table (CSV)", found: found, fix: fix)
        }
        if bytes.prefix(4096).contains(0) {
            throw CellarError(
                .badData, file: file, expected: "a table (CSV)", found: "binary data",
                fix: "Check that it is the right file.")
        }
    }
}
