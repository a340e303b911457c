import Base
import Testing

@testable import Cellar

/// Calls a method of a server that gives this answer.
private func call(_ answer: RoutingServer.Answer) throws -> JSON {
    var found: JSON = .null
    try RoutingServer.run({ _ in answer }) { (server) throws in found = try MLflowServer(server.url).get("x")
    }
    return found
}

@Test(
    "an answer of HTTP is read whole, however its length is told",
    arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"a\": \"b\"} ",
        "HTTP/1.0 200 OK\r\n\r\n{\"a\": \"b\"}",
        "HTTP/1.1 200 OK\ncontent-length:  10\t\n\n{\"a\": \"b\"}",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\": \"b\"}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n5;x=1\r\n \"b\"}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\n{\"a\": \"b\"}\r\n0\r\nX-End: 1\r\n\r\n",
    ] as [RoutingServer.Answer])
func httpAnswers(answer: RoutingServer.Answer) throws {
    #expect(try call(answer) == ["a": "b"])
}

@Test(
    "an answer that was cut, is too long, or is none, is an error",
    arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{}", "HTTP/1.1 200", "hello\r\n\r\n", "",
        "HTTP/1.1 +20 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
    ] as [RoutingServer.Answer])
func cutAnswers(answer: RoutingServer.Answer) {
    #expect(throws: CellarError.self) { _ = try call(answer) }
}

@Test("an answer without end is not read to the end of the memory")
func endlessAnswers() {
    let headers = Array("HTTP/1.1 200 OK\r\n".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    var answer = RoutingServer.Answer(200, [])
    answer.bytes = headers
    let first = #expect(throws: CellarError.self) { _ = try call(answer) }
    #expect(first?.message.contains("headers are too long") == true)
    answer.bytes =
        Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
        + [UInt8](repeating: UInt8(ascii: " "), count: HTTPClient.mostBytes + 1)
    let second = #expect(throws: CellarError.self) { _ = try call(answer) }
    #expect(second?.message.contains("larger than") == true)
}

@Test(
    "a status of 200 with anything but a JSON object is an error",
    arguments: ["<html>Log in</html>", "", "[]", "\"x\"", "{\"a\": "])
func noJSON(body: String) {
    let error = #expect(throws: CellarError.self) { _ = try call(.init(200, Array(body.utf8))) }
    #expect(error?.category == .inputOutput)
    #expect(error?.message.contains("not the JSON of an MLflow server") == true)
}

@Test(
    "addresses that cannot be are refused",
    arguments: ["https://x", "http://", "http://a:b", "http://a:1:2", "http://a b"])
func badAddresses(url: String) {
    #expect(throws: CellarError.self) { try HTTPClient(url) }
}
