import Base
import Glibc
import Testing

@testable import CommandSupport

/// What `body` writes into a pipe that holds 64 KiB.
private func written(_ body: (inout StandardOutput) throws -> Void) throws -> String {
    var ends: [Int32] = [0, 0]
    try #require(unsafe pipe(&ends) == 0)
    defer { close(ends[0]) }
    do {
        defer { close(ends[1]) }
        try StandardOutput.write(to: ends[1], body)
    }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe read(ends[0], &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}

@Test("writes texts and bytes in order")
func writesInOrder() throws {
    let text = try written { output in
        try output.write("a")
        try output.write([0x62, 0x63].span)
        try output.flush()
        try output.write("é")
    }
    #expect(text == "abcé")
}

@Test("writes what there was before an error, and lets the error through")
func writesBeforeError() throws {
    #expect(throws: CellarError(.badData, "x")) {
        _ = try written { output in
            try output.write("row 1\n")
            throw CellarError(.badData, "x")
        }
    }
}

@Test("a full disk is an error of input and output")
func fullDisk() throws {
    let full = unsafe open("/dev/full", O_WRONLY)
    try #require(full >= 0)
    defer { close(full) }
    #expect(throws: CellarError(.inputOutput, "The output cannot be written: No space left on device.")) {
        try StandardOutput.write(to: full) { try $0.write("x") }
    }
}

@Test("a reader that has gone ends the command quietly")
func closedReader() throws {
    var ends: [Int32] = [0, 0]
    try #require(unsafe pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    let writing = ends[1]
    #expect { try StandardOutput.write(to: writing) { try $0.write("x") } } throws: {
        ($0 as? CellarError)?.status == .outputClosed
    }
}
