import Base

/// Reads a table (CSV) of any length in blocks, with constant memory.
///
/// The first line names the columns and determines the delimiter, unless a `TableDialect` says otherwise.
/// Supports gzip, UTF-8 and UTF-16 with a byte order mark, quotes, `""` and line ends within quotes, LF, CRLF and
/// CR, blank lines and a missing final line end. Columns are found by name, in any order; unread columns stay
/// available in `CSVChunk.row`.
///
///     var reader = try CSVReader(path: "wine.csv")
///     try reader.select(numbers: ["alcohol", "pH"], texts: ["quality"])
///     var chunk = CSVChunk()
///     while try reader.read(into: &chunk) { … }
public struct CSVReader: ~Copyable, @unchecked Sendable {
    // Only its one owner uses it.
    private let source: CSVSource

    /// The name for messages: the path, or "standard input".
    public var name: String { source.name }
    public var header: CSVHeader { source.header }
    /// Scans the chunks that `take` fills.
    public var scanner: CSVScanner { source.scanner }
    /// Counts the rows from the current position.
    public var counter: CSVCounter { source.counter }

    /// Opens a table and reads its first line. `-` is standard input. `block` is the number of bytes per
    /// read.
    ///
    /// - allowsNoRows: True if an empty file is a table without rows, where the dialect has the columns' names.
    public init(
        path: String, dialect: TableDialect = TableDialect(), block: Int = 1 << 18, allowsNoRows: Bool = false
    ) throws(CellarError) {
        source = try CSVSource(
            TableInput(InputFile(path: path), isLatin1: dialect.isLatin1), dialect, block: block,
            allowsNoRows: allowsNoRows)
    }

    /// Reads from a descriptor, which stays open.
    public init(
        descriptor: Int32, name: String, dialect: TableDialect = TableDialect(), block: Int = 1 << 18
    ) throws(CellarError) {
        source = try CSVSource(
            TableInput(InputFile(descriptor: descriptor, name: name), isLatin1: dialect.isLatin1), dialect,
            block: block)
    }

    /// Selects the columns to read as numbers and as text. Call it before the first `read` or `take`.
    ///
    /// - missingAsNaN: Reads a missing number as NaN, and True and False among numbers as 1 and 0.
    /// - andRest: Reads all other columns as texts, in the order of the table, behind `texts`.
    public mutating func select(
        numbers: [String], texts: [String] = [], missingAsNaN: Bool = false, andRest: Bool = false
    ) throws(CellarError) {
        try source.select(
            numbers: numbers, texts: texts, missingAsNaN: missingAsNaN, othersAsTexts: andRest)
    }

    /// The bytes of the file, if its rows have places in it: not for a pipe, a compressed file or UTF-16.
    public var size: Int? { source.size }

    /// From now on only rows that begin in this range are read, counted in bytes from the first row. Their numbers in the
    /// table stay. Call it before the first `read` or `take`.
    public mutating func restrict(to range: Range<Int>) { source.range = CSVRange(range) }

    /// A second scanner of the chunks, which reads these columns as texts.
    public func scanner(ofTexts texts: [String]) throws(CellarError) -> CSVScanner {
        try source.scanner(ofTexts: texts)
    }

    /// For tests: uses only the baseline vector instructions of the platform. Call it after `select`.
    mutating func usePortableCode() { source.usePortableCode() }

    /// Fills the chunk with the next rows. Returns false at the end of the table.
    ///
    /// Throws for a row with too few or too many fields, and for text, an empty field, NaN or infinity in a
    /// numeric column; the error has the row, line and column. Also throws if the table has no rows.
    public mutating func read(into chunk: inout CSVChunk) throws(CellarError) -> Bool {
        try source.read(into: &chunk)
    }

    /// Fills the chunk with the bytes of the next complete rows, for a `CSVScanner` and then a `CSVCounter`.
    /// Returns false at the end of the table, or if `stop` returns true while waiting for a pipe.
    public mutating func take(
        into chunk: inout CSVChunk, unless stop: () -> Bool = { false }
    ) throws(CellarError) -> Bool {
        try source.take(into: &chunk, unless: stop)
    }
}
