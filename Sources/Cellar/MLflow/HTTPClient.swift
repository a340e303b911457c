import Base
import Glibc

/// Requests to a server over HTTP/1.1, one after another, each with a connection of its own.
///
/// Plain HTTP alone: TLS would be a large library for a tool that talks to a tracking server beside it. A server behind TLS is
/// reached through a tunnel (`ssh -L`) or a proxy on this machine.
struct HTTPClient {
    let host: String
    let port: UInt16
    /// The path that all requests begin with; empty or without a slash at the end.
    let base: String

    /// - url: `http://HOST[:PORT][/PATH]`.
    init(_ url: String) throws(CellarError) {
        func bad(_ what: String, _ remedy: String) -> CellarError {
            CellarError(.usage, "\(url): \(what)", remedy: remedy)
        }
        guard url.hasPrefix("http://") else {
            throw bad(
                "only http:// is supported.",
                "Reach a server behind TLS through a tunnel: ssh -L 5000:localhost:5000 HOST.")
        }
        let rest = url.dropFirst(7)
        let place = rest.prefix { $0 != "/" }
        var path = String(rest.dropFirst(place.count))
        while path.hasSuffix("/") { path.removeLast() }
        let parts = place.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty, parts.count <= 2,
            let number = parts.count == 2 ? UInt16(parts[1]) : 80,
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw bad("expected an address such as http://localhost:5000.", "Correct it.") }
        (host, port, base) = (String(name), number, path)
    }

    struct Response {
        var status: Int
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private static let largestBody = 1 << 32

    /// Sends a request and reads the whole answer.
    func send(
        _ method: String, _ path: String, body: [UInt8] = [], type: String = "application/json"
    ) throws(CellarError) -> Response {
        let socket = try connect()
        defer { close(socket) }
        let head =
            "\(method) \(base)\(path) HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\n"
            + "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\nAccept-Encoding: identity\r\n\r\n"
        try send(Array(head.utf8) + body, to: socket)
        return try parse(readAll(socket))
    }

    private func failure(_ what: String) -> CellarError {
        CellarError(
            .inputOutput, "http://\(host):\(port): \(what).",
            remedy: "Check that the server runs and answers there.")
    }

    private func connect() throws(CellarError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        // Names are looked up by libraries that a static executable may not find; this one needs none.
        let name = host == "localhost" ? "127.0.0.1" : host
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, "\(port)", &hints, &found) == 0 else {
            throw failure("no machine has this name")
        }
        defer { unsafe freeaddrinfo(found) }
        var next = unsafe found
        while let address = unsafe next {
            let socket = unsafe socket(
                address.pointee.ai_family, address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
            if socket >= 0 {
                var limit = timeval(tv_sec: 60, tv_usec: 0)
                for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                    _ = unsafe setsockopt(
                        socket, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
                }
                if unsafe Glibc.connect(socket, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 {
                    return socket
                }
                close(socket)
            }
            unsafe next = address.pointee.ai_next
        }
        throw failure("cannot connect: \(systemMessage(errno))")
    }

    private func send(_ bytes: [UInt8], to socket: Int32) throws(CellarError) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("cannot send: \(systemMessage(errno))")
            }
            sent += count
        }
    }

    private func readAll(_ socket: Int32) throws(CellarError) -> [UInt8] {
        var all: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = unsafe block.withUnsafeMutableBytes {
                unsafe recv(socket, $0.baseAddress!, $0.count, 0)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("no answer: \(systemMessage(errno))")
            }
            if count == 0 { return all }
            all += block[..<count]
            guard all.count < HTTPClient.largestBody else { throw failure("the answer is larger than 4 GB") }
        }
    }

    private func parse(_ bytes: [UInt8]) throws(CellarError) -> Response {
        let end = Array("\r\n\r\n".utf8)
        guard let split = firstPlace(of: end, in: bytes, from: 0) else {
            throw failure("the answer is not HTTP")
        }
        let lines = String(decoding: bytes[..<split], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw failure("the answer is not HTTP")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].split(separator: " ")
                .joined(separator: " ")
        }
        let body = Array(bytes[(split + 4)...])
        if headers["transfer-encoding"]?.lowercased() == "chunked" {
            return Response(status: status, body: try dechunked(body))
        }
        if let text = headers["content-length"] {
            guard let length = Int(text), length >= 0, length <= body.count else {
                throw failure("the answer was cut")
            }
            return Response(status: status, body: Array(body[..<length]))
        }
        return Response(status: status, body: body)
    }

    private func dechunked(_ bytes: [UInt8]) throws(CellarError) -> [UInt8] {
        var (all, at) = ([UInt8](), 0)
        while let end = firstPlace(of: Array("\r\n".utf8), in: bytes, from: at) {
            let digits = String(decoding: bytes[at..<end].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard let size = Int(digits, radix: 16), size >= 0, size <= bytes.count - end - 2 else { break }
            if size == 0 { return all }
            all += bytes[(end + 2)..<(end + 2 + size)]
            at = end + 2 + size + 2
            guard at <= bytes.count else { break }
        }
        throw failure("the answer was cut")
    }
}

private func firstPlace(of wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count - start >= wanted.count else { return nil }
    return (start...(bytes.count - wanted.count)).first {
        bytes[$0] == wanted[0] && bytes[$0..<($0 + wanted.count)].elementsEqual(wanted)
    }
}
