import Base
import CNumbers

/// Reads the rows of chunks, with the columns that a `CSVReader` was told to read. Several threads may do so at once,
/// each with a chunk of its own.
public struct CSVScanner: Sendable {
    let plan: CSVPlan

    /// Finds the rows and numbers in a chunk that `CSVReader.take` has filled. A faulty row ends it; `CSVCounter.count`
    /// then throws.
    public func scan(_ chunk: inout CSVChunk) {
        (chunk.columns, chunk.textColumns) = (plan.numbers, plan.texts)
        // The shortest row has one byte a field: its digit-less fields' delimiters and its line's end.
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

/// Keeps count of a table's rows and lines: chunks must come in the table's order.
public struct CSVCounter: Sendable {
    let plan: CSVPlan
    var position: CSVPlan.Position

    /// Gives the chunk its `firstRow`. Throws where the chunk has a faulty row.
    public mutating func count(_ chunk: inout CSVChunk) throws(CellarError) {
        chunk.firstRow = position.row
        if chunk.isTooLong {
            throw CellarError(
                .badData, file: plan.file, row: position.row, line: position.line,
                expected: "a row of at most \(CSVReader.longestRow >> 20) MB", found: "more",
                fix: "Look for a quote that is not closed.")
        }
        if let fault = chunk.fault { throw plan.error(fault.result, fault.bytes, position) }
        position.row += chunk.count
        position.line += chunk.lines
    }

    /// Rows so far.
    public var rows: Int { position.row - 1 }

    /// Throws where the table has ended without a row.
    public func finish() throws(CellarError) {
        guard rows > 0 else {
            throw CellarError(
                .badData, file: plan.file, expected: "rows below the first line", found: "none",
                fix: "Use a table with data; its first line names the columns.")
        }
    }
}
