import Base
import Foundation
import Glibc
import Synchronization

/// A server of HTTP in this process, on a port of this machine, for tests of its clients.
final class RoutingServer: Sendable {
    struct Request: Sendable {
        var method, path: String
        var query: [String: String]
        var body: [UInt8]

        var json: JSON { (try? JSON(parsing: body)) ?? .null }
    }

    /// An answer's bytes as they are sent.
    struct Answer: Sendable, ExpressibleByStringLiteral {
        var bytes: [UInt8]

        init(stringLiteral text: String) { bytes = Array(text.utf8) }

        init(_ status: Int = 200, _ body: [UInt8]) {
            bytes = Array("HTTP/1.1 \(status) X\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
        }

        static func json(_ json: JSON, status: Int = 200) -> Answer {
            Answer(status, Array(json.text().utf8))
        }

        static func missing(_ code: String = "RESOURCE_DOES_NOT_EXIST") -> Answer {
            json(["error_code": .string(code), "message": "not here"], status: 404)
        }
    }

    let url: String
    private let listener: Int32
    private let isStopped = Atomic<Bool>(false)
    private let received = Mutex<[Request]>([])

    /// The requests so far, in order.
    var requests: [Request] { received.withLock { $0 } }

    /// Requests of a method of MLflow's interface, such as `runs/create`.
    func calls(_ method: String) -> [Request] { requests.filter { $0.path.hasSuffix("/mlflow/" + method) } }

    /// Serves during `body`.
    static func run(
        _ route: @escaping @Sendable (Request) -> Answer, _ body: (RoutingServer) throws -> Void
    ) throws {
        let server = try RoutingServer()
        let thread = Thread { server.serve(route) }
        thread.start()
        defer { server.stop() }
        try body(server)
    }

    private init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, size) == 0 && getsockname(listener, pointer, &size) == 0
            }
        }
        guard isBound, listen(listener, 16) == 0 else {
            throw CellarError(.inputOutput, "cannot listen: \(systemMessage(errno))")
        }
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    }

    private func stop() {
        isStopped.store(true, ordering: .relaxed)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve(_ route: (Request) -> Answer) {
        defer { close(listener) }
        while !isStopped.load(ordering: .relaxed) {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { continue }
            defer { close(client) }
            guard let request = read(client) else { continue }
            received.withLock { $0.append(request) }
            send(route(request).bytes, to: client)
        }
    }

    private func send(_ bytes: [UInt8], to client: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    client, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            sent += count
        }
    }

    private func read(_ client: Int32) -> Request? {
        var bytes: [UInt8] = []
        func more() -> Bool {
            var block = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe recv(client, &block, block.count, 0)
            if count > 0 { bytes += block[..<count] }
            return count > 0
        }
        func end() -> Range<Int>? { bytes.firstRange(of: Array("\r\n\r\n".utf8)) }
        while end() == nil { if !more() { return nil } }
        guard let end = end() else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let length =
            lines.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
        while bytes.count < end.upperBound + length { if !more() { return nil } }
        let words = lines[0].components(separatedBy: " ")
        let parts = words[1].components(separatedBy: "?")
        var query: [String: String] = [:]
        for pair in parts.dropFirst().joined().components(separatedBy: "&") where !pair.isEmpty {
            let sides = pair.components(separatedBy: "=")
            query[sides[0]] = sides[1].removingPercentEncoding
        }
        return Request(
            method: words[0], path: parts[0].removingPercentEncoding ?? "", query: query,
            body: Array(bytes[end.upperBound...]))
    }
}
