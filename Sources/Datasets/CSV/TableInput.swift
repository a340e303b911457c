import Base

/// The bytes of a table as UTF-8. The content decides, never the name: gzip is decompressed, and UTF-16 with a
/// byte order mark is converted, and Latin-1 if that is asked for. Rows of ARFF become rows of CSV. Other bytes pass unchanged.
final class TableInput: @unchecked Sendable {
    // One thread at a time reads: `CSVReader` is not copyable.
    private let input: InputFile
    private var stages = Stages()
    private var isFirst = true
    private let isLatin1: Bool

    let name: String

    init(_ input: consuming InputFile, isLatin1: Bool = false) {
        name = input.name
        self.input = input
        self.isLatin1 = isLatin1
    }

    private struct Stages: Sendable {
        var gunzip: Gunzip?
        var utf16: UTF16Decoder?
        var latin1: Latin1Decoder?
        var arff: ARFFDecoder?
        /// Bytes read to recognize the content, or decoded but not yet returned.
        var pending: [UInt8] = []
        var taken = 0

        /// True if bytes pass unchanged.
        var areNone: Bool { gunzip == nil && utf16 == nil && latin1 == nil && arff == nil }
    }

    /// The size of a file whose bytes pass unchanged. Known after the first read.
    var plainSize: Int? { stages.areNone ? input.size : nil }

    /// Waits until a pipe has data or has ended. Returns false if `stop` returns true first.
    func waitForData(unless stop: () -> Bool) -> Bool {
        stages.pending.count > stages.taken ? !stop() : input.waitForData(unless: stop)
    }

    /// Reads into `bytes` from `offset` up to their end. Returns 0 at the end of the file.
    func read(into bytes: inout [UInt8], at offset: Int) throws(CellarError) -> Int {
        if isFirst { try recognize() }
        if stages.areNone && stages.pending.isEmpty {
            return try input.read(into: &bytes, at: offset)
        }
        while stages.taken == stages.pending.count {
            guard !stages.areNone else {
                stages.pending = []
                return try input.read(into: &bytes, at: offset)
            }
            guard let more = try decodeMore() else { return 0 }
            (stages.pending, stages.taken) = (more, 0)
        }
        let count = min(bytes.count - offset, stages.pending.count - stages.taken)
        bytes.replaceSubrange(
            offset..<offset + count, with: stages.pending[stages.taken..<stages.taken + count])
        stages.taken += count
        return count
    }

    /// Reads the rest, at most `limit` bytes.
    func readAll(limit: Int) throws(CellarError) -> [UInt8] {
        try recognize()
        if stages.areNone {
            let start = stages.pending
            stages.pending = []
            let rest = try input.readAll(limit: limit)
            return start.isEmpty ? rest : start + rest
        }
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        var all: [UInt8] = []
        while true {
            let count = try read(into: &bytes, at: 0)
            if count == 0 { return all }
            all += bytes[..<count]
            guard all.count <= limit else {
                throw CellarError(
                    .badData, file: name, expected: "at most \(limit) bytes", found: "more",
                    fix: "Use a smaller file.")
            }
        }
    }

    /// Reads the first bytes and chooses the stages.
    private func recognize() throws(CellarError) {
        guard isFirst else { return }
        isFirst = false
        var start = try raw(atLeast: 4)
        if start.starts(with: [0x1F, 0x8B]) {
            stages.gunzip = try Gunzip(name)
            start = try stages.gunzip!.decode(start)
            while start.count < 4, let more = try inflateMore() { start += more }
        }
        if start.starts(with: [0xFF, 0xFE]) && !start.starts(with: [0xFF, 0xFE, 0, 0]) {
            stages.utf16 = UTF16Decoder(isBigEndian: false)
        } else if start.starts(with: [0xFE, 0xFF]) {
            stages.utf16 = UTF16Decoder(isBigEndian: true)
        }
        if stages.utf16 != nil {
            start = try stages.utf16!.decode(start[2...], ended: false, name)
        } else if isLatin1 {
            stages.latin1 = Latin1Decoder()
            start = stages.latin1!.decode(start, ended: false)
        }
        try recognizeARFF(&start)
        stages.pending = start
    }

    private func recognizeARFF(_ start: inout [UInt8]) throws(CellarError) {
        var isARFF = ARFFDecoder.begins(start)
        while isARFF == nil, start.count < 1 << 18, let more = try decodeText() {
            start += more
            isARFF = ARFFDecoder.begins(start)
        }
        guard isARFF == true else { return }
        var decoder = ARFFDecoder()
        start = decoder.decode(start, ended: false)
        stages.arff = decoder
    }

    private func raw(atLeast wanted: Int) throws(CellarError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var used = 0
        while used < wanted {
            let count = try input.read(into: &bytes, at: used)
            if count == 0 { break }
            used += count
        }
        return Array(bytes[..<used])
    }

    /// Returns the next bytes; nil at the end.
    private func decodeMore() throws(CellarError) -> [UInt8]? {
        let text = try decodeText()
        guard let rows = stages.arff?.decode(text ?? [], ended: text == nil) else { return text }
        return text == nil && rows.isEmpty ? nil : rows
    }

    /// Returns the next bytes as UTF-8; nil at the end.
    private func decodeText() throws(CellarError) -> [UInt8]? {
        let more = stages.gunzip == nil ? try rawMore() : try inflateMore()
        if stages.latin1 != nil {
            let text = stages.latin1!.decode(more ?? [], ended: more == nil)
            return more == nil && text.isEmpty ? nil : text
        }
        guard stages.utf16 != nil else { return more }
        let text = try stages.utf16!.decode((more ?? [])[...], ended: more == nil, name)
        return more == nil && text.isEmpty ? nil : text
    }

    private func rawMore() throws(CellarError) -> [UInt8]? {
        let bytes = try raw(atLeast: 1)
        return bytes.isEmpty ? nil : bytes
    }

    private func inflateMore() throws(CellarError) -> [UInt8]? {
        let more = try raw(atLeast: 1)
        if more.isEmpty {
            try stages.gunzip!.finish()
            return nil
        }
        return try stages.gunzip!.decode(more)
    }
}
