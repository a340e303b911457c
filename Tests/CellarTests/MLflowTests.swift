import Base
import Foundation
import Glibc
import Testing

@testable import Cellar

/// Answers one request with these bytes, on a port of this machine.
private func serving(_ answer: String, _ body: (_ url: String) throws -> Void) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            unsafe _ = bind(listener, pointer, size)
            unsafe _ = getsockname(listener, pointer, &size)
        }
    }
    listen(listener, 4)
    let server = Thread {
        let client = accept(listener, nil, nil)
        var request = [UInt8](repeating: 0, count: 65_536)
        _ = unsafe recv(client, &request, request.count, 0)
        _ = unsafe send(client, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
        close(client)
    }
    server.start()
    try body("http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))")
}

@Test(
    "an answer of HTTP is read whole, however its length is told",
    arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"a\": \"b\"} ",
        "HTTP/1.0 200 OK\r\n\r\n{\"a\": \"b\"}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n5;x=1\r\n \"b\"}\r\n0\r\n\r\n",
    ])
func httpAnswers(answer: String) throws {
    try serving(answer) { (url) throws in
        #expect(try MLflowServer(url).get("x") == ["a": "b"])
    }
}

@Test(
    "an answer that was cut, or is none, is an error",
    arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{}", "HTTP/1.1 200", "hello\r\n\r\n", "",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
    ])
func cutAnswers(answer: String) throws {
    try serving(answer) { (url) throws in
        #expect(throws: CellarError.self) { _ = try MLflowServer(url).get("x") }
    }
}

@Test(
    "addresses that cannot be are refused",
    arguments: ["https://x", "http://", "http://a:b", "http://a:1:2", "http://a b"])
func badAddresses(url: String) {
    #expect(throws: CellarError.self) { try HTTPClient(url) }
}

@Test("a model's folder has the file unchanged, and is not written over")
func mlflowFolder() throws {
    try SmallStore.make { (place) throws in
        let folder = place.path("model")
        let done = try place.store.exportMLflow("small", to: folder)
        #expect(done.reference == "small:1" && done.run == nil)
        let version = try place.store.models.version("small")
        #expect(try FileDigest(ofFile: folder + "/data/model.h5").sha256 == version.sha256)
        #expect(try place.text("model/MLmodel").contains("save_format: h5"))
        #expect(try place.text("model/MLmodel").contains(#"\"name\": \"b\""#))
        #expect(throws: CellarError.self) { _ = try place.store.exportMLflow("small", to: folder) }
        _ = try place.store.exportMLflow("small", to: folder, overwrite: true)
    }
}
