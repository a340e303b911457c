import Base
import CNumbers

/// Reads the bytes of a table, finds its first row, and gives out complete rows: the state of a `CSVReader`.
final class CSVSource {
    let name: String
    let header: CSVHeader

    /// Scans the chunks that `take` fills.
    var scanner: CSVScanner { CSVScanner(plan: counter.plan) }
    /// Counts the rows from the current position.
    private(set) var counter: CSVCounter

    private let input: TableInput
    private let normalizer: CSVNormalizer
    /// True if rows are rewritten: always, or since a bare carriage return was found.
    private var normalizes: Bool
    private let block: Int
    /// Bytes already read but not yet returned: the start of a row.
    private var rest: [UInt8]
    private var restKinds: Int
    private var ended: Bool

    /// A longer row is treated as an unclosed quote.
    static let longestRow = 1 << 26

    /// The rows to read; nil for all.
    var range: CSVRange?

    init(
        _ input: TableInput, _ dialect: TableDialect, block: Int, allowsNoRows: Bool = false
    ) throws(CellarError) {
        let found = try CSVSource.start(
            of: input, CSVStart(dialect, allowsNoRows: allowsNoRows), block: block)
        let plan = try CSVPlan(file: input.name, header: found.header, numbers: [], texts: [])
        (header, rest, ended) = (found.header, found.rest, found.ended)
        (self.block, name) = (block, input.name)
        counter = CSVCounter(plan: plan, position: CSVPlan.Position(line: found.line))
        normalizer = CSVNormalizer(dialect, delimiter: found.header.delimiter)
        restKinds = textKinds(rest, 0..<rest.count)
        normalizes = normalizer.isNeeded || restKinds & cn_bare_return != 0
        self.input = input
    }

    private static func start(
        of input: TableInput, _ start: CSVStart, block: Int
    ) throws(CellarError) -> CSVStart.Found {
        var start = start
        var bytes = [UInt8](repeating: 0, count: block)
        while true {
            let count = try input.read(into: &bytes, at: 0)
            if let found = try start.add(bytes[..<count], file: input.name) { return found }
        }
    }

    func select(
        numbers: [String], texts: [String] = [], missingAsNaN: Bool = false, othersAsTexts: Bool = false
    ) throws(CellarError) {
        let plan = try CSVPlan(
            file: name, header: header, numbers: numbers, texts: texts, missingAsNaN: missingAsNaN,
            othersAsTexts: othersAsTexts)
        counter = CSVCounter(plan: plan, position: counter.position)
    }

    func usePortableCode() {
        var plan = counter.plan
        plan.portable = true
        counter = CSVCounter(plan: plan, position: counter.position)
    }

    func read(into chunk: inout CSVChunk) throws(CellarError) -> Bool {
        while try take(into: &chunk) {
            scanner.scan(&chunk)
            try counter.count(&chunk)
            if chunk.count > 0 { return true }
            // Only blank lines.
        }
        chunk.count = 0
        try counter.finish()
        return false
    }

    /// The bytes of the file, if its rows have places in it: not for a pipe, a compressed file or UTF-16.
    var size: Int? { input.plainSize }

    /// Plans to read these columns as texts, and no others.
    func scanner(ofTexts texts: [String]) throws(CellarError) -> CSVScanner {
        CSVScanner(plan: try CSVPlan(file: name, header: header, numbers: [], texts: texts))
    }

    func take(
        into chunk: inout CSVChunk, unless stop: () -> Bool = { false }
    ) throws(CellarError) -> Bool {
        guard range != nil else { return try takeBlock(into: &chunk, unless: stop) }
        let scanner = try scanner(ofTexts: [])
        while range?.isOver == false, try takeBlock(into: &chunk, unless: stop) {
            if range!.cut(&chunk, with: scanner) { return true }
        }
        chunk.count = 0
        return false
    }

    private func takeBlock(
        into chunk: inout CSVChunk, unless stop: () -> Bool
    ) throws(CellarError) -> Bool {
        (chunk.count, chunk.size, chunk.lines, chunk.fault, chunk.isTooLong) = (0, 0, 0, nil, false)
        var used = rest.count
        chunk.kinds = restKinds
        if chunk.bytes.count < used + block {
            chunk.bytes += [UInt8](repeating: 0, count: used + block - chunk.bytes.count)
        }
        chunk.bytes.replaceSubrange(0..<used, with: rest)
        rest.removeAll(keepingCapacity: true)
        while true {
            if normalizes { used = normalizer.apply(to: &chunk.bytes, size: used, last: ended) }
            // The bytes read with the first line may contain complete rows, and a pipe may be silent for
            // long.
            chunk.size = ended ? used : wholeRows(chunk.bytes, used)
            if chunk.size > 0 {
                rest.append(contentsOf: chunk.bytes[chunk.size..<used])
                return true
            }
            if ended { return false }
            if used >= CSVSource.longestRow {
                // The row number is known only after all earlier chunks are counted.
                (chunk.isTooLong, ended) = (true, true)
                return true
            }
            if used == chunk.bytes.count { chunk.bytes += [UInt8](repeating: 0, count: used) }
            guard input.waitForData(unless: stop) else { return false }
            let count = try input.read(into: &chunk.bytes, at: used)
            ended = count == 0
            restKinds = textKinds(chunk.bytes, max(used - 1, 0)..<used + count)
            chunk.kinds |= restKinds
            normalizes = normalizes || restKinds & cn_bare_return != 0
            used += count
        }
    }

    private func wholeRows(_ bytes: [UInt8], _ count: Int) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return unsafe cn_csv_whole_rows(CChar(bitPattern: header.delimiter), start, count)
        }
    }
}
