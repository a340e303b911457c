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
    private var source: CSVSource
    /// The files that follow, of which the rows are those of one table, and how they are opened.
    private var following: ArraySlice<String> = []
    private var open: ((String) throws(CellarError) -> CSVSource)?
    /// The files whose rows were read.
    private var origins: RowOrigins?
    private var rowsBefore = 0
    private var selection: ((CSVSource) throws(CellarError) -> Void)?

    /// The name for messages: the path of the first file, or "standard input".
    public let name: String
    /// The number of files behind the first one.
    public private(set) var moreFiles = 0
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
        name = source.name
    }

    /// Opens several files as one table for `read`. They have the same columns in the same order.
    public init(paths: [String], dialect: TableDialect, allowsNoRows: Bool = false) throws(CellarError) {
        try self.init(path: paths[0], dialect: dialect, allowsNoRows: allowsNoRows)
        following = paths.dropFirst()
        moreFiles = following.count
        guard !following.isEmpty else { return }
        open = { (path) throws(CellarError) in
            try CSVSource(
                TableInput(InputFile(path: path), isLatin1: dialect.isLatin1), dialect, block: 1 << 18)
        }
    }

    /// Reads from a descriptor, which stays open.
    public init(
        descriptor: Int32, name: String, dialect: TableDialect = TableDialect(), block: Int = 1 << 18
    ) throws(CellarError) {
        source = try CSVSource(
            TableInput(InputFile(descriptor: descriptor, name: name), isLatin1: dialect.isLatin1), dialect,
            block: block)
        self.name = source.name
    }

    /// Selects the columns to read as numbers and as text. Call it before the first `read` or `take`.
    ///
    /// - missingAsNaN: Reads a missing number as NaN, and True and False among numbers as 1 and 0.
    /// - andRest: Reads all other columns as texts, in the order of the table, behind `texts`.
    public mutating func select(
        numbers: [String], texts: [String] = [], missingAsNaN: Bool = false, andRest: Bool = false
    ) throws(CellarError) {
        let selection = { (source: CSVSource) throws(CellarError) in
            try source.select(
                numbers: numbers, texts: texts, missingAsNaN: missingAsNaN, othersAsTexts: andRest)
        }
        try selection(source)
        self.selection = selection
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
        while try !source.read(into: &chunk) {
            guard try openNext() else { return false }
        }
        chunk.firstRow += rowsBefore
        return true
    }

    /// Opens the next file. Returns false if there is none.
    private mutating func openNext() throws(CellarError) -> Bool {
        guard let path = following.popFirst(), let next = try open?(path) else { return false }
        try next.header.check(isAs: source.header, of: name, file: path)
        let rows = RowOrigins(file: source.name, rows: source.counter.rows)
        if origins == nil { origins = rows } else { origins?.append(rows) }
        rowsBefore += source.counter.rows
        try selection?(next)
        source = next
        return true
    }

    /// Returns an error about a row of the whole table as one about that row of its file.
    public func placed(_ error: CellarError) -> CellarError {
        // Errors of the scanner name the file that they are in.
        guard var all = origins, error.place.file == nil || error.place.file == name else { return error }
        all.append(RowOrigins(file: source.name, rows: .max))
        return all.placed(error)
    }

    /// Fills the chunk with the bytes of the next complete rows, for a `CSVScanner` and then a `CSVCounter`.
    /// Returns false at the end of the table, or if `stop` returns true while waiting for a pipe.
    public mutating func take(
        into chunk: inout CSVChunk, unless stop: () -> Bool = { false }
    ) throws(CellarError) -> Bool {
        try source.take(into: &chunk, unless: stop)
    }
}
