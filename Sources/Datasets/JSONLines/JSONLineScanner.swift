import Base
import CNumbers

/// Finds the wanted members of objects, one a line. Checks that each line is one object in the grammar of JSON (RFC 8259).
public struct JSONLineScanner: Sendable {
    /// The use of a member.
    private enum Use: Sendable, Equatable {
        case number(Int)
        case key(Int)
        case skip
        case taken
    }

    private let file: String
    private let numbers, keys: [String]
    private let uses: [String: [Use]]
    private let looseUses: [String: Use]
    /// True if all members go to the output, so that none may have the name of a new column.
    private let keepsAll: Bool
    private let new: Set<String>

    /// - numbers: The members to read as numbers, in this order. A name that differs only in case is found, too.
    /// - keys: The members whose text is noted.
    /// - new: Names that no member may have if all are kept.
    public init(file: String, numbers: [String], keys: [String], keepsAll: Bool, new: [String]) {
        (self.file, self.numbers, self.keys, self.keepsAll) = (file, numbers, keys, keepsAll)
        var uses: [String: [Use]] = [:]
        var loose: [String: Use] = [:]
        for (index, name) in numbers.enumerated() {
            uses[name, default: []].append(.number(index))
            loose[name.lowercased()] = .number(index)
        }
        for (index, name) in keys.enumerated() { uses[name, default: []].append(.key(index)) }
        (self.uses, looseUses, self.new) = (uses, loose, Set(new))
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Finds the rows of a chunk. Stops at an invalid one; `JSONLinesChunk.check` then throws.
    public func scan(_ chunk: inout JSONLinesChunk) {
        (chunk.count, chunk.fault) = (0, nil)
        chunk.numbers.removeAll(keepingCapacity: true)
        chunk.objects.removeAll(keepingCapacity: true)
        chunk.keys.removeAll(keepingCapacity: true)
        if let place = firstInvalid(chunk.bytes, size: chunk.size) {
            let line = chunk.firstLine + chunk.bytes[..<place].count { $0 == UInt8(ascii: "\n") }
            chunk.fault = CellarError(
                .badData, file: file, line: line, expected: "text in UTF-8", found: "other bytes",
                fix: "Save the file as UTF-8.")
            return
        }
        var line = Line(scanner: self)
        var (start, number) = (0, chunk.firstLine)
        while start < chunk.size {
            let end = chunk.bytes[start..<chunk.size].firstIndex(of: UInt8(ascii: "\n")) ?? chunk.size
            do {
                try line.read(&chunk, chunk.bytes, start..<end)
            } catch {
                chunk.fault = error
                chunk.fault?.place.line = number
                chunk.fault?.place.file = file
                chunk.numbers.removeLast(chunk.numbers.count - chunk.count * numbers.count)
                return
            }
            (start, number) = (end + 1, number + 1)
        }
    }

    /// The state of reading lines: the members of an object usually are those of the one before, in the same order.
    private struct Line {
        let scanner: JSONLineScanner
        private var known: [(name: [UInt8], uses: [Use])] = []
        private var seen: [Bool]
        private var at = 0

        init(scanner: JSONLineScanner) {
            self.scanner = scanner
            seen = Array(repeating: false, count: scanner.numbers.count + scanner.keys.count)
        }

        mutating func read(
            _ chunk: inout JSONLinesChunk, _ all: [UInt8], _ range: Range<Int>
        ) throws(CellarError) {
            var text = JSONScan(end: range.upperBound, at: range.lowerBound)
            let bytes = all.span
            text.skipSpace(bytes)
            if text.at == range.upperBound { return }
            let begin = text.at
            guard text.take(UInt8(ascii: "{"), bytes) else { throw text.expected("an object in braces") }
            for index in seen.indices { seen[index] = false }
            let numbers = scanner.numbers.count
            let (firstNumber, firstKey) = (chunk.numbers.count, chunk.keys.count)
            chunk.numbers += repeatElement(0, count: numbers)
            chunk.keys += repeatElement(0..<0, count: scanner.keys.count)
            var member = 0
            text.skipSpace(bytes)
            if !text.take(UInt8(ascii: "}"), bytes) {
                repeat {
                    text.skipSpace(bytes)
                    let name = try text.string(bytes)
                    text.skipSpace(bytes)
                    guard text.take(UInt8(ascii: ":"), bytes) else { throw text.expected("a colon") }
                    text.skipSpace(bytes)
                    let start = text.at
                    let kind = try text.value(bytes)
                    for use in uses(of: bytes.extracting(name), member) {
                        switch use {
                        case .number(let index):
                            try mark(index)
                            chunk.numbers[firstNumber + index] = try number(
                                bytes.extracting(start..<text.at), kind, index)
                        case .key(let index):
                            try mark(numbers + index)
                            chunk.keys[firstKey + index] = start..<text.at
                        case .taken:
                            let name = String(decoding: bytes.extracting(name).array, as: UTF8.self)
                            throw CellarError(
                                .badData, "the object already has a member \"\(name)\".",
                                remedy: "Remove it, or use --prefix to rename the new columns.")
                        case .skip: break
                        }
                    }
                    member += 1
                    text.skipSpace(bytes)
                } while text.take(UInt8(ascii: ","), bytes)
                guard text.take(UInt8(ascii: "}"), bytes) else { throw text.expected("a comma or a brace") }
            }
            let close = text.at - 1
            text.skipSpace(bytes)
            guard text.at == range.upperBound else { throw text.expected("the end of the line") }
            if let missing = seen.firstIndex(of: false) {
                let name = missing < numbers ? scanner.numbers[missing] : scanner.keys[missing - numbers]
                throw CellarError(
                    .badData, column: name, expected: "a member with that name", found: "none",
                    fix: "Add it to each object.")
            }
            chunk.objects.append(begin..<close)
            chunk.count += 1
        }

        private mutating func mark(_ index: Int) throws(CellarError) {
            guard !seen[index] else {
                let numbers = scanner.numbers
                throw CellarError(
                    .badData,
                    column: index < numbers.count ? numbers[index] : scanner.keys[index - numbers.count],
                    expected: "one member with that name", found: "two", fix: "Remove one of them.")
            }
            seen[index] = true
        }

        /// Returns the use of the member of this name, at this place in its object.
        private mutating func uses(of name: Span<UInt8>, _ member: Int) -> [Use] {
            if member < known.count, name.isEqual(to: known[member].name) { return known[member].uses }
            let bytes = name.array
            // A name with escapes is compared as what it stands for.
            let text =
                bytes.contains(UInt8(ascii: "\\"))
                ? (try? JSON(parsing: [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]))?.string ?? ""
                : String(decoding: bytes, as: UTF8.self)
            var uses = scanner.uses[text] ?? []
            if !uses.contains(where: { if case .number = $0 { true } else { false } }),
                let use = scanner.looseUses[text.lowercased()], !scanner.numbers.contains(text)
            {
                uses.append(use)
            }
            if scanner.keepsAll, scanner.new.contains(text) { uses.append(.taken) }
            if uses.isEmpty { uses = [.skip] }
            if member < known.count {
                known[member] = (bytes, uses)
            } else if member == known.count, member < 100_000 {
                known.append((bytes, uses))
            }
            return uses
        }

        private func number(
            _ text: Span<UInt8>, _ kind: JSONScan.Kind, _ index: Int
        ) throws(CellarError) -> Float {
            func bad(_ found: String, _ fix: String) -> CellarError {
                CellarError(
                    .badData, column: scanner.numbers[index], expected: "a number", found: found, fix: fix)
            }
            switch kind {
            case .true: return 1
            case .false: return 0
            case .null: throw bad("the missing value null", "Add the value, or remove the row.")
            case .other: throw bad("a text or a list", "Write numbers without quotes.")
            case .number: break
            }
            var value: Float = 0
            let outcome = unsafe text.withUnsafeBytes { bytes in
                unsafe cn_read_float(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &value)
            }
            guard outcome == cn_number else {
                throw bad("a number beyond the range of the type", "Correct it, or scale the column.")
            }
            return value
        }
    }
}

extension Span<UInt8> {
    fileprivate var array: [UInt8] { indices.map { self[$0] } }

    fileprivate func isEqual(to other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}
