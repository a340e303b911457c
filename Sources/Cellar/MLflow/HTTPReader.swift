import Base
import Glibc

/// Reads one answer of HTTP/1.1 (RFC 9112) from a connection, without more memory than a block and what the caller keeps.
struct HTTPReader {
    private let socket: Int32
    private let server: String
    private var block = [UInt8](repeating: 0, count: 1 << 18)
    /// The bytes of the block that are not used yet.
    private var unread = 0..<0

    init(_ socket: Int32, server: String) { (self.socket, self.server) = (socket, server) }

    static func failure(_ server: String, _ what: String) -> CellarError {
        CellarError(
            .inputOutput, "\(server): \(what).", remedy: "Check that the server runs and answers there.")
    }

    private func failure(_ what: String) -> CellarError { HTTPReader.failure(server, what) }

    struct Head {
        var status: Int
        fileprivate var length: Length
    }

    fileprivate enum Length {
        case bytes(Int)
        case chunks
        case untilClosed
    }

    private static let mostHeadBytes = 64 << 10

    /// Reads the status line and the headers. Informational answers before them are skipped.
    mutating func head() throws(CellarError) -> Head {
        var room = HTTPReader.mostHeadBytes
        while true {
            let words = try line(&room).split(separator: " ", omittingEmptySubsequences: false)
            guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3,
                let status = number(words[1])
            else { throw failure("the answer is not HTTP") }
            let length = try headers(&room)
            if !(100..<200).contains(status) { return Head(status: status, length: length) }
        }
    }

    private mutating func headers(_ room: inout Int) throws(CellarError) -> Length {
        var (size, isChunked): (Int?, Bool) = (nil, false)
        while true {
            let text = try line(&room)
            if text.isEmpty { return isChunked ? .chunks : size.map { .bytes($0) } ?? .untilClosed }
            guard let colon = text.firstIndex(of: ":") else { throw failure("the answer is not HTTP") }
            let value = text[text.index(after: colon)...].trimmed
            switch text[..<colon].lowercased() {
            case "content-length":
                guard let count = number(value), size == nil || size == count else {
                    throw failure("the answer has no valid length")
                }
                size = count
            case "transfer-encoding":
                guard value.lowercased() == "chunked" else {
                    throw failure("the answer is encoded in an unknown way")
                }
                isChunked = true
            case "content-encoding":
                guard value.lowercased() == "identity" else { throw failure("the answer is compressed") }
            default: break
            }
        }
    }

    /// Reads the body into memory.
    mutating func body(of head: Head, limit: Int) throws(CellarError) -> [UInt8] {
        var all: [UInt8] = []
        if case .bytes(let count) = head.length, count <= limit { all.reserveCapacity(min(count, 1 << 20)) }
        try body(of: head, limit: limit) { (piece) throws(CellarError) in
            unsafe piece.withUnsafeBufferPointer { unsafe all.append(contentsOf: $0) }
        }
        return all
    }

    /// Reads the body, of at most `limit` bytes, and gives its pieces to `take`.
    mutating func body(
        of head: Head, limit: Int, take: (Span<UInt8>) throws(CellarError) -> Void
    ) throws(CellarError) {
        let tooLarge = failure("the answer is larger than \(limit) bytes")
        switch head.length {
        case .bytes(let count):
            guard count <= limit else { throw tooLarge }
            try pieces(count, take)
        case .untilClosed:
            var size = 0
            while try fill() {
                size += unread.count
                guard size <= limit else { throw tooLarge }
                try take(block.span.extracting(unread))
                unread = 0..<0
            }
        case .chunks:
            var left = limit
            while let count = try chunkSize() {
                guard count <= left else { throw tooLarge }
                left -= count
                try pieces(count, take)
                var room = 2
                guard try line(&room).isEmpty else { throw failure("the answer is not HTTP") }
            }
        }
    }

    /// Reads the line before a chunk; nil after the last one and the headers behind it.
    private mutating func chunkSize() throws(CellarError) -> Int? {
        var room = HTTPReader.mostHeadBytes
        let text = try line(&room).prefix { $0 != ";" }.trimmed
        guard !text.isEmpty, text.utf8.count <= 15,
            text.utf8.allSatisfy({ $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }),
            let size = Int(text, radix: 16)
        else { throw failure("the answer is not HTTP") }
        guard size == 0 else { return size }
        while try !line(&room).isEmpty {}
        return nil
    }

    private mutating func pieces(
        _ count: Int, _ take: (Span<UInt8>) throws(CellarError) -> Void
    ) throws(CellarError) {
        var left = count
        while left > 0 {
            guard try fill() else { throw failure("the answer was cut") }
            let piece = unread.prefix(left)
            try take(block.span.extracting(piece))
            unread = piece.upperBound..<unread.upperBound
            left -= piece.count
        }
    }

    /// Reads a line without its end. `room` is the number of bytes that may still be read for it and others.
    private mutating func line(_ room: inout Int) throws(CellarError) -> String {
        var bytes: [UInt8] = []
        while true {
            guard try fill() else {
                throw failure(bytes.isEmpty ? "the answer was cut" : "the answer is not HTTP")
            }
            let end = block[unread].firstIndex(of: UInt8(ascii: "\n"))
            let used = unread.lowerBound..<(end.map { $0 + 1 } ?? unread.upperBound)
            guard used.count <= room else { throw failure("the answer's headers are too long") }
            room -= used.count
            bytes += block[used]
            unread = used.upperBound..<unread.upperBound
            guard end != nil else { continue }
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Makes sure that there are unread bytes. Returns false at the end of the connection.
    private mutating func fill() throws(CellarError) -> Bool {
        while unread.isEmpty {
            let count = unsafe block.withUnsafeMutableBytes {
                unsafe recv(socket, $0.baseAddress!, $0.count, 0)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 {
                throw failure(
                    errno == EAGAIN ? "no answer for a minute" : "no answer: \(systemMessage(errno))")
            }
            if count == 0 { return false }
            unread = 0..<count
        }
        return true
    }

    /// A number of digits alone.
    private func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }
}

extension StringProtocol {
    /// The text without spaces and tabs at its ends.
    fileprivate var trimmed: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        var text = Substring(self).drop(while: isBlank)
        while text.last.map(isBlank) ?? false { text.removeLast() }
        return String(text)
    }
}
