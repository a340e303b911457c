import Base
import CNumbers
import Tensors

/// A whole table (CSV) in memory. Columns are parsed on demand as numbers or as text. Use it for training
/// data, and `CSVReader` for tables of any size.
public struct Table: Sendable {
    public let file: String
    public let header: CSVHeader
    public private(set) var rowCount: Int
    /// The files that the rows come from.
    public private(set) var origins: RowOrigins

    private var bytes: [UInt8]
    /// The number of the line after the header.
    public let firstLine: Int

    /// Reads a file (`-` is standard input) and checks that each row has as many fields as the first line.
    public init(path: String, dialect: TableDialect = TableDialect()) throws(CellarError) {
        let input = TableInput(try InputFile(path: path), isLatin1: dialect.isLatin1)
        let name = input.name
        try self.init(bytes: input.readAll(limit: 1 << 34), name: name, dialect: dialect)
    }

    /// Uses the file's bytes, which are UTF-8; `name` is for messages.
    public init(bytes: [UInt8], name: String, dialect: TableDialect = TableDialect()) throws(CellarError) {
        var start = CSVStart(dialect)
        var found = try start.add(bytes[...], file: name)
        if found == nil { found = try start.add([], file: name) }
        guard let found else { preconditionFailure("no header at the end of the file") }
        (file, header, firstLine) = (name, found.header, found.line)
        var rest = found.rest
        let plan = try CSVPlan(file: name, header: header, numbers: [], texts: [])
        let normalizer = CSVNormalizer(dialect, delimiter: header.delimiter)
        let kinds = textKinds(rest, 0..<rest.count)
        if normalizer.isNeeded || kinds & cn_bare_return != 0 {
            rest.removeLast(rest.count - normalizer.apply(to: &rest, size: rest.count, last: true))
        }
        if kinds & (cn_not_ascii | cn_nul) != 0, let place = firstInvalid(rest, size: rest.count) {
            throw plan.invalidText(
                rest, size: rest.count, at: place, CSVPlan.Position(line: found.line))
        }
        self.bytes = rest
        var rows = 0
        try Table.scan(plan, self.bytes, line: firstLine) { block in rows += block.count }
        rowCount = rows
        origins = RowOrigins(file: name, rows: rows)
        guard rows > 0 else {
            throw CellarError(
                .badData, file: name, expected: "rows after the first line", found: "none",
                fix: "Use a table with data. Its first line has the column names.")
        }
    }

    /// The names of the columns, in the file's order.
    public var columns: [String] { header.names }

    /// Returns the position of the column with that name, or else of the only one that differs in case alone. Throws if there
    /// is none, or if several have the name.
    public func position(of name: String) throws(CellarError) -> Int {
        try positions(of: [name])[0]
    }

    /// Returns the position of each of the columns with these names.
    public func positions(of names: [String]) throws(CellarError) -> [Int] {
        var positions = NamePositions(columns)
        return try names.map { (name) throws(CellarError) in
            try header.index(of: name, in: &positions, file: file)
        }
    }

    /// Returns the columns' numbers, one array per column. Throws for text, an empty field, a missing value,
    /// NaN and infinity; the error has the row and column.
    public func numbers(_ columns: [String]) throws(CellarError) -> [[Double]] {
        try numbers(columns, missingAsNaN: false)
    }

    public func numbers(_ column: String) throws(CellarError) -> [Double] { try numbers([column])[0] }

    /// Returns the columns' numbers, with NaN for missing values.
    public func numbersOrNaN(_ columns: [String]) throws(CellarError) -> [[Double]] {
        try numbers(columns, missingAsNaN: true)
    }

    /// Returns the columns as samples of shape [columns], one per row.
    public func samples(_ columns: [String]) throws(CellarError) -> Samples {
        let numbers = try numbers(columns)
        var values: [Float] = []
        values.reserveCapacity(rowCount * columns.count)
        for row in 0..<rowCount {
            for column in columns.indices {
                let value = Float(numbers[column][row])
                guard value.isFinite else {
                    throw CellarError(
                        .badData, file: file, row: row + 1, column: columns[column],
                        expected: "a number that fits a 32-bit float", found: "\(numbers[column][row])",
                        fix: "Scale the column.")
                }
                values.append(value)
            }
        }
        return Samples(shape: [columns.count], floats: values)
    }

    /// Returns a column's content, unquoted.
    public func text(_ column: String) throws(CellarError) -> [String] {
        let plan = try CSVPlan(file: file, header: header, numbers: [], texts: [column])
        var content: [String] = []
        content.reserveCapacity(rowCount)
        try Table.scan(plan, bytes, line: firstLine) { block in
            for field in block.texts.prefix(block.count) {
                content.append(
                    String(decoding: unquoted(bytes[field.begin..<field.end]), as: UTF8.self))
            }
        }
        return content
    }

    /// Returns a column's fields, unquoted.
    public func fields(_ column: String) throws(CellarError) -> Texts {
        try fields(ofEach: [column][...])[0]
    }

    /// Calls `body` with each column's name and fields, unquoted. The rows are read once for as many columns as have `mostFields`.
    public func forEachColumn(
        _ columns: [String], _ body: (String, Texts) throws(CellarError) -> Void
    ) throws(CellarError) {
        let step = max(Table.mostFields / max(rowCount, 1), 1)
        for start in stride(from: 0, to: columns.count, by: step) {
            let names = columns[start..<min(start + step, columns.count)]
            for (name, fields) in zip(names, try fields(ofEach: names)) { try body(name, fields) }
        }
    }

    /// The number of fields that are copied at once.
    private static let mostFields = 1 << 20

    private func fields(ofEach columns: ArraySlice<String>) throws(CellarError) -> [Texts] {
        let plan = try CSVPlan(file: file, header: header, numbers: [], texts: Array(columns))
        return try texts(plan)
    }

    /// Returns the fields of all columns, unquoted, also of those with the same name.
    public func allFields() throws(CellarError) -> [Texts] {
        try texts(CSVPlan(allTextsOf: header, file: file))
    }

    private func texts(_ plan: CSVPlan) throws(CellarError) -> [Texts] {
        var content = [Texts](repeating: Texts(), count: plan.texts)
        for column in content.indices { content[column].reserve(rowCount) }
        try Table.scan(plan, bytes, line: firstLine) { block in
            for column in content.indices {
                for row in 0..<block.count {
                    let field = block.texts[row * plan.texts + column]
                    content[column].append(unquoted(bytes[field.begin..<field.end]))
                }
            }
        }
        return content
    }

    /// True if each field that is not the first of its row begins with a blank, or is empty: pandas' `skipinitialspace`.
    public func startsFieldsWithBlanks() throws(CellarError) -> Bool {
        let row = bytes.prefix { $0 != 10 }
        let width = header.names.count
        // Most tables are settled by their first row.
        guard width > 1, header.delimiter != 32,
            row.split(separator: header.delimiter, omittingEmptySubsequences: false).dropFirst()
                .allSatisfy({ ($0.first ?? 32) == 32 })
        else { return false }
        var (found, all) = (0, 0)
        try Table.scan(CSVPlan(allTextsOf: header, file: file), bytes, line: firstLine) { block in
            for index in 0..<block.count * width where index % width > 0 {
                let field = block.texts[index]
                if field.begin == field.end { continue }
                all += 1
                if bytes[field.begin] == 32 { found += 1 }
            }
        }
        return all > 0 && found == all
    }

    /// Adds the rows of a table with the same columns.
    public mutating func append(_ other: Table) throws(CellarError) {
        try other.header.check(isAs: header, of: file, file: other.file)
        if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        bytes += other.bytes
        rowCount += other.rowCount
        origins.append(other.origins)
    }

    /// Counts the missing values in each column: empty fields, and the words of pandas (NA, NaN, null …).
    public func missingValues() throws(CellarError) -> MissingValues {
        let plan = CSVPlan(allTextsOf: header, file: file)
        let width = header.names.count
        var counts = [Int](repeating: 0, count: width)
        try Table.scan(plan, bytes, line: firstLine) { block in
            unsafe bytes.withUnsafeBytes { all in
                for index in 0..<block.count * width {
                    let field = block.texts[index]
                    let text = unsafe all.baseAddress?.advanced(by: field.begin)
                        .assumingMemoryBound(to: CChar.self)
                    if unsafe cn_is_missing(text, field.end - field.begin) { counts[index % width] += 1 }
                }
            }
        }
        return MissingValues(columns: zip(header.names, counts).map { .init(name: $0, count: $1) })
    }

    private func numbers(_ columns: [String], missingAsNaN: Bool) throws(CellarError) -> [[Double]] {
        let plan = try CSVPlan(
            file: file, header: header, numbers: columns, texts: [], missingAsNaN: missingAsNaN)
        var numbers = [[Double]](repeating: [], count: columns.count)
        for column in columns.indices { numbers[column].reserveCapacity(rowCount) }
        var booleans = [UInt32](repeating: 0, count: columns.count)
        try Table.scan(plan, bytes, line: firstLine) { block in
            booleans = block.booleans
            for column in columns.indices {
                for row in 0..<block.count {
                    numbers[column].append(block.numbers[row * columns.count + column])
                }
            }
        }
        if let mixed = booleans.firstIndex(where: { $0 > 0 && $0 != rowCount }) {
            throw plan.mixedBooleans(
                bytes, bytes.indices, column: mixed, CSVPlan.Position(line: firstLine))
        }
        try plan.refuseThousands(bytes, bytes.indices, CSVPlan.Position(line: firstLine))
        return numbers
    }

    /// Rows that were scanned together. Field positions are relative to the start of the table's bytes.
    private struct Block {
        var count = 0
        var numbers: [Double]
        var texts, rows: [cn_range]
        /// The number of true and false in each number column, from the first row on.
        var booleans: [UInt32]
    }

    private static func scan(
        _ plan: CSVPlan, _ bytes: [UInt8], line: Int, body: (Block) -> Void
    ) throws(CellarError) {
        // A row has at least one byte for each field.
        let capacity = min(4096, bytes.count / plan.header.names.count + 1)
        var block = Block(
            numbers: Array(repeating: 0, count: capacity * plan.numbers),
            texts: Array(repeating: cn_range(), count: capacity * plan.texts),
            rows: Array(repeating: cn_range(), count: capacity),
            booleans: Array(repeating: 0, count: plan.numbers))
        var position = CSVPlan.Position(line: line)
        var start = 0
        while true {
            let found = try plan.scan(
                bytes, start..<bytes.count, last: true, doubles: &block.numbers, texts: &block.texts,
                rows: &block.rows, booleans: &block.booleans, position: &position)
            if found.rows == 0 { return }
            block.count = found.rows
            for index in 0..<found.rows * plan.texts {
                block.texts[index].begin += start
                block.texts[index].end += start
            }
            body(block)
            start += found.bytes
        }
    }
}
