import Base
import CNumbers

/// Scans the selected columns of chunks. Several threads may scan at the same time, each its own chunk.
public struct CSVScanner: Sendable {
    let plan: CSVPlan

    /// Finds the rows and numbers in a chunk that `CSVReader.take` filled. Stops at an invalid row;
    /// `CSVCounter.count` then throws.
    public func scan(_ chunk: inout CSVChunk) {
        (chunk.columns, chunk.textColumns) = (plan.numbers, plan.texts)
        // The shortest row has one byte per field: the delimiters of empty fields and the line end.
        let capacity = chunk.size / max(plan.header.names.count, 2) + 1
        if chunk.rows.count < capacity || chunk.numbers.count < chunk.rows.count * plan.numbers
            || chunk.texts.count < chunk.rows.count * plan.texts
        {
            chunk.rows = Array(repeating: cn_range(), count: capacity)
            chunk.numbers = Array(repeating: 0, count: capacity * plan.numbers)
            chunk.texts = Array(repeating: cn_range(), count: capacity * plan.texts)
        }
        let result = plan.scan(
            chunk.bytes, size: chunk.size, floats: &chunk.numbers, texts: &chunk.texts, rows: &chunk.rows)
        (chunk.count, chunk.lines, chunk.fault) = (result.rows, result.lines, nil)
        if result.status != cn_csv_ok {
            let field = chunk.bytes[result.place.begin..<result.place.end]
            chunk.fault = CSVChunk.Fault(result: result, bytes: Array(field.prefix(60)))
        }
    }
}

/// Counts a table's rows and lines. Chunks must be passed in order.
public struct CSVCounter: Sendable {
    let plan: CSVPlan
    var position: CSVPlan.Position

    /// Sets the chunk's `firstRow`. Throws if the chunk has an invalid row.
    public mutating func count(_ chunk: inout CSVChunk) throws(CellarError) {
        chunk.firstRow = position.row
        if chunk.isTooLong {
            throw CellarError(
                .badData, file: plan.file, row: position.row, line: position.line,
                expected: "a row of at most \(CSVReader.longestRow >> 20) MB", found: "more",
                fix: "Look for an unclosed quote.")
        }
        if let fault = chunk.fault { throw plan.error(fault.result, fault.bytes, position) }
        position.row += chunk.count
        position.line += chunk.lines
    }

    /// The number of rows so far.
    public var rows: Int { position.row - 1 }

    /// Throws if the table has no rows.
    public func finish() throws(CellarError) {
        guard rows > 0 else {
            throw CellarError(
                .badData, file: plan.file, expected: "rows after the first line", found: "none",
                fix: "Use a table with data. Its first line has the column names.")
        }
    }
}
