import Base
import CNumbers

extension CSVPlan {
    /// The error about the byte at `place`, which is NUL or no UTF-8. `position` is the start of `bytes`.
    func invalidText(
        _ bytes: [UInt8], size: Int, at place: Int, _ position: Position
    ) -> CellarError {
        let found = field(at: place, of: bytes, size: size)
        let isNUL = bytes[place] == 0
        return CellarError(
            .badData, file: file, row: position.row + found.row, line: position.line + found.lines,
            column: found.column, expected: isNUL ? "text" : "text in UTF-8",
            found: isNUL ? "a NUL byte" : "the byte \(hex([bytes[place]][...]))",
            fix: isNUL
                ? "Correct the file." : "Save the table as UTF-8, for example `iconv -f latin1 -t utf-8`.")
    }

    /// The error about true and false among numbers in a number column; the rows begin at `position`.
    func mixedBooleans(
        _ bytes: [UInt8], _ place: Range<Int>, column: Int, _ position: Position
    ) -> CellarError {
        let field = slots.firstIndex(of: Int32(column)) ?? 0
        let name = header.names[field]
        var error = CellarError(
            .badData, file: file, column: name,
            expected: "only numbers, or only True and False, in a column", found: "both",
            fix: "Write 1 and 0 for True and False.")
        guard let plan = try? CSVPlan(file: file, header: header, numbers: [], texts: [name]) else {
            return error
        }
        var (texts, rows) = ([cn_range()], [cn_range()])
        var (none, start, first) = ([Double](), place.lowerBound, Bool?.none)
        var (booleans, at) = ([UInt32](), position)
        while start < place.upperBound {
            let row = at
            guard
                let found = try? plan.scan(
                    bytes, start..<place.upperBound, last: true, doubles: &none, texts: &texts, rows: &rows,
                    booleans: &booleans, position: &at),
                found.rows == 1
            else { return error }
            let isBoolean = isBoolean(bytes[start + texts[0].begin..<start + texts[0].end])
            if let first, first != isBoolean {
                (error.place.row, error.place.line) = (row.row, at.line - 1)
                return error
            }
            first = isBoolean
            start += found.bytes
        }
        return error
    }

    private func isBoolean(_ field: ArraySlice<UInt8>) -> Bool {
        ["true", "false"].contains(String(decoding: unquoted(field), as: UTF8.self).lowercased())
    }

    /// Returns the row, counted from 0, the line ends before it, and the column of a byte.
    private func field(at place: Int, of bytes: [UInt8], size: Int) -> (row: Int, lines: Int, column: String?)
    {
        let plan = CSVPlan(allTextsOf: header, file: file)
        var texts = [cn_range](repeating: cn_range(), count: header.names.count)
        var (rows, none, booleans) = ([cn_range()], [Double](), [UInt32]())
        var (start, at) = (0, Position(line: 0))
        while start < size {
            let before = at
            guard
                let found = try? plan.scan(
                    bytes, start..<size, last: true, doubles: &none, texts: &texts, rows: &rows,
                    booleans: &booleans, position: &at), found.rows == 1
            else { return (before.row - 1, before.line, nil) }
            if place < start + found.bytes {
                let column = texts.firstIndex { $0.begin + start <= place && place < $0.end + start }
                return (before.row - 1, at.line - 1, column.map { header.names[$0] })
            }
            start += found.bytes
        }
        return (at.row - 1, at.line, nil)
    }
}
