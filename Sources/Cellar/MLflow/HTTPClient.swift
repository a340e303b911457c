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

    /// The largest answer that is kept in memory.
    static let mostBytes = 64 << 20

    /// Sends a request and returns the whole answer.
    func send(
        _ method: String, _ path: String, body: [UInt8] = [], type: String = "application/json"
    ) throws(CellarError) -> Response {
        try exchange(method, path, body, type) { (reader) throws(CellarError) in
            let head = try reader.head()
            return Response(status: head.status, body: try reader.body(of: head, limit: HTTPClient.mostBytes))
        }
    }

    /// Gets a file of at most `limit` bytes and gives its pieces to `take` if the status is 200. Otherwise returns the answer.
    func get(
        _ path: String, limit: Int, take: (Span<UInt8>) throws(CellarError) -> Void
    ) throws(CellarError) -> Response? {
        try exchange("GET", path, [], "application/json") { (reader) throws(CellarError) -> Response? in
            let head = try reader.head()
            guard head.status == 200 else {
                return Response(
                    status: head.status, body: try reader.body(of: head, limit: HTTPClient.mostBytes))
            }
            try reader.body(of: head, limit: limit, take: take)
            return nil
        }
    }

    private func exchange<Value>(
        _ method: String, _ path: String, _ body: [UInt8], _ type: String,
        _ read: (inout HTTPReader) throws(CellarError) -> Value
    ) throws(CellarError) -> Value {
        let socket = try connect()
        defer { close(socket) }
        let head =
            "\(method) \(base)\(path) HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\n"
            + "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\nAccept-Encoding: identity\r\n\r\n"
        var problem = send(Array(head.utf8), to: socket, isLast: body.isEmpty)
        if problem == nil { problem = send(body, to: socket, isLast: true) }
        var reader = HTTPReader(socket, server: "http://\(host):\(port)")
        do throws(CellarError) { return try read(&reader) } catch {
            // A server may refuse a request before it has read all of it; if there is no answer, sending has failed.
            throw problem.map { failure("cannot send: \(systemMessage($0))") } ?? error
        }
    }

    private func failure(_ what: String) -> CellarError {
        HTTPReader.failure("http://\(host):\(port)", what)
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

    /// Sends all bytes. Returns the `errno` of the call that failed; nil if none did.
    ///
    /// - isLast: False if more follows, so that the system sends a head and a short body together.
    private func send(_ bytes: [UInt8], to socket: Int32, isLast: Bool) -> Int32? {
        let flags = Int32(MSG_NOSIGNAL) | (isLast ? 0 : Int32(MSG_MORE))
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress! + sent, $0.count - sent, flags)
            }
            if count < 0, errno != EINTR { return errno }
            sent += max(count, 0)
        }
        return nil
    }
}
