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
        if chunk.booleans.count != plan.numbers || chunk.hasBooleans {
            chunk.booleans = Array(repeating: 0, count: plan.numbers)
        }
        let result = plan.scan(
            chunk.bytes, size: chunk.size, floats: &chunk.numbers, texts: &chunk.texts, rows: &chunk.rows,
            booleans: &chunk.booleans)
        (chunk.count, chunk.lines, chunk.fault) = (result.rows, result.lines, nil)
        chunk.hasBooleans = result.booleans > 0
        if result.status != cn_csv_ok {
            let field = chunk.bytes[result.place.begin..<result.place.end]
            chunk.fault = .scan(result, Array(field.prefix(60)))
        } else if chunk.hasBooleans, !plan.missingAsNaN,
            let mixed = chunk.booleans.firstIndex(where: { $0 > 0 && $0 != result.rows })
        {
            chunk.fault = .booleans(mixed)
        }
        if chunk.kinds & (cn_not_ascii | cn_nul) != 0,
            let place = firstInvalid(chunk.bytes, size: chunk.size),
            result.status == cn_csv_ok || place < result.place.end
        {
            chunk.fault = .text(place)
        }
    }
}

/// Counts a table's rows and lines. Chunks must be passed in order.
public struct CSVCounter: Sendable {
    let plan: CSVPlan
    var position: CSVPlan.Position

    init(plan: CSVPlan, position: CSVPlan.Position) { (self.plan, self.position) = (plan, position) }

    /// Sets the chunk's `firstRow`. Throws if the chunk has an invalid row.
    public mutating func count(_ chunk: inout CSVChunk) throws(CellarError) {
        position.row += chunk.skippedRows
        position.line += chunk.skippedLines
        chunk.firstRow = position.row
        if chunk.isTooLong {
            throw CellarError(
                .badData, file: plan.file, row: position.row, line: position.line,
                expected: "a row of at most \(CSVSource.longestRow >> 20) MB", found: "more",
                fix: "Look for an unclosed quote.")
        }
        switch chunk.fault {
        case nil: break
        case .scan(let result, let bytes): throw plan.error(result, bytes, position)
        case .text(let place): throw plan.invalidText(chunk.bytes, size: chunk.size, at: place, position)
        case .booleans(let column):
            throw plan.mixedBooleans(chunk.bytes, 0..<chunk.size, column: column, position)
        }
        if !plan.missingAsNaN, chunk.hasBooleans || !booleans.isEmpty { try compareBooleans(chunk) }
        if rows == 0, !plan.missingAsNaN {
            try plan.refuseThousands(chunk.bytes, 0..<chunk.size, position)
        }
        rows += chunk.count
        position.row += chunk.count
        position.line += chunk.lines
    }

    /// The columns of true and false; empty until one occurs.
    private var booleans: Set<Int> = []

    /// Throws if a column has booleans in one chunk and numbers in another.
    private mutating func compareBooleans(_ chunk: CSVChunk) throws(CellarError) {
        guard chunk.count > 0 else { return }
        let found = Set(chunk.booleans.indices.filter { chunk.hasBooleans && chunk.booleans[$0] > 0 })
        if rows == 0 { booleans = found }
        guard let column = found.symmetricDifference(booleans).min() else { return }
        var error = plan.mixedBooleans(chunk.bytes, 0..<chunk.size, column: column, position)
        (error.place.row, error.place.line) = (position.row, position.line)
        throw error
    }

    /// The number of rows so far.
    public private(set) var rows = 0

    /// The number of rows in the table before a chunk that comes next.
    public func rowsBefore(_ chunk: CSVChunk) -> Int { position.row - 1 + chunk.skippedRows }

    /// Throws if the table has no rows.
    public func finish() throws(CellarError) {
        guard rows > 0 else {
            throw CellarError(
                .badData, file: plan.file, expected: "rows after the first line", found: "none",
                fix: "Use a table with data. Its first line has the column names.")
        }
    }
}
