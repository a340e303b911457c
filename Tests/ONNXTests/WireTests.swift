import Foundation
import Testing
import WireFormat

@testable import ONNX

/// One field of each kind.
private struct Sample: WireMessage {
    func write(to sink: inout some WireSink) {
        sink.int(1, 150)
        sink.int(2, -1)
        sink.float(3, 1)
        sink.text(16, "Käse")
        sink.message(4, Inside())
    }

    struct Inside: WireMessage {
        func write(to sink: inout some WireSink) { sink.int(1, 0) }
    }
}

@Test("fields are written as protocol buffers have them")
func wireForm() throws {
    // 150 and its key are the example of the standard's own page.
    let expected: [UInt8] =
        [0x08, 0x96, 0x01] + [0x10] + Array(repeating: 0xff, count: 9) + [0x01, 0x1d, 0, 0, 0x80, 0x3f]
        + [0x82, 0x01, 5, 0x4b, 0xc3, 0xa4, 0x73, 0x65] + [0x22, 2, 0x08, 0]
    #expect([UInt8](Sample().wireData) == expected)
    #expect(Sample().wireSize == expected.count)
    let read = try WireReader(Sample().wireData)
    #expect(read.ints(1) == [150])
    #expect(read.ints(2) == [-1])
    #expect(read.floats(3) == [1])
    #expect(read.text(16) == "Käse")
    #expect(try read.message(4).ints(1) == [0])
}
