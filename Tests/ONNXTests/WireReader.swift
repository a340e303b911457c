import Foundation
import Testing

@testable import ONNX

/// A message of protocol buffers, read by the standard: each field's values in their order.
struct WireReader {
    enum Value: Equatable {
        case number(UInt64)
        case float(Float)
        case bytes(Data)
    }

    private var fields: [(number: Int, value: Value)] = []

    init(_ data: Data) throws {
        var rest = data[...]
        while !rest.isEmpty {
            let key = try Self.varint(&rest)
            let number = Int(key >> 3)
            switch key & 7 {
            case 0: fields.append((number, .number(try Self.varint(&rest))))
            case 2:
                let count = Int(try Self.varint(&rest))
                try #require(count <= rest.count, "a field reaches over the end")
                fields.append((number, .bytes(Data(rest.prefix(count)))))
                rest = rest.dropFirst(count)
            case 5:
                try #require(rest.count >= 4)
                let bits = rest.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                fields.append((number, .float(Float(bitPattern: bits))))
                rest = rest.dropFirst(4)
            default: Issue.record("a field of the kind \(key & 7)")
            }
        }
    }

    private static func varint(_ rest: inout Data) throws -> UInt64 {
        var (value, shift) = (UInt64(0), UInt64(0))
        while true {
            let first = rest.popFirst()
            let byte = try #require(first, "a number is cut off")
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }

    func ints(_ field: Int) -> [Int] {
        values(field).compactMap {
            if case .number(let value) = $0 { Int(Int64(bitPattern: value)) } else { nil }
        }
    }

    func floats(_ field: Int) -> [Float] {
        values(field).compactMap { if case .float(let value) = $0 { value } else { nil } }
    }

    func bytes(_ field: Int) -> [Data] {
        values(field).compactMap { if case .bytes(let value) = $0 { value } else { nil } }
    }

    func texts(_ field: Int) -> [String] { bytes(field).map { String(decoding: $0, as: UTF8.self) } }
    func text(_ field: Int) -> String { texts(field).first ?? "" }
    func messages(_ field: Int) throws -> [WireReader] { try bytes(field).map { try WireReader($0) } }
    func message(_ field: Int) throws -> WireReader {
        try #require(try messages(field).first, "no field \(field)")
    }

    private func values(_ field: Int) -> [Value] { fields.filter { $0.number == field }.map(\.value) }
}

// The messages again, by the numbers of the standard's onnx.proto.
extension ModelProto {
    init(reading data: Data) throws {
        let reader = try WireReader(data)
        self.init()
        irVersion = try #require(reader.ints(1).first)
        (producerName, docString) = (reader.text(2), reader.text(6))
        graph = try GraphProto(try reader.message(7))
        for operators in try reader.messages(8) {
            let version = operators.ints(2).first
            switch operators.text(1) {
            case "": operatorSet = try #require(version)
            case "ai.onnx.ml": machineLearningSet = version
            default: Issue.record("the operator set \(operators.text(1))")
            }
        }
        metadata = try reader.messages(14).map { ($0.text(1), $0.text(2)) }
    }
}

extension GraphProto {
    fileprivate init(_ reader: WireReader) throws {
        self.init()
        name = reader.text(2)
        nodes = try reader.messages(1).map { try NodeProto($0) }
        initializers = try reader.messages(5).map { try TensorProto($0) }
        inputs = try reader.messages(11).map { try ValueInfoProto($0) }
        outputs = try reader.messages(12).map { try ValueInfoProto($0) }
    }
}

extension NodeProto {
    fileprivate init(_ reader: WireReader) throws {
        self.init(
            operation: reader.text(4), domain: reader.text(7), name: reader.text(3), inputs: reader.texts(1),
            outputs: reader.texts(2),
            attributes: try reader.messages(5).map { try AttributeProto($0) })
    }
}

extension AttributeProto {
    fileprivate init(_ reader: WireReader) throws {
        let value: Attribute =
            switch try #require(reader.ints(20).first) {
            case 1: .float(try #require(reader.floats(2).first))
            case 2: .int(try #require(reader.ints(3).first))
            case 3: .string(reader.text(4))
            case 6: .floats(reader.floats(7))
            case 7: .ints(reader.ints(8))
            default: .strings(reader.texts(9))
            }
        self.init(name: reader.text(1), value: value)
    }
}

extension TensorProto {
    fileprivate init(_ reader: WireReader) throws {
        self.init(
            name: reader.text(8), type: try #require(reader.ints(2).first.flatMap { DataType(rawValue: $0) }),
            shape: reader.ints(1), rawData: try #require(reader.bytes(9).first))
        #expect(rawData.count == shape.reduce(type == .float ? 4 : 8, *))
    }
}

extension ValueInfoProto {
    fileprivate init(_ reader: WireReader) throws {
        let tensor = try reader.message(2).message(1)
        self.init(
            name: reader.text(1),
            shape: try tensor.message(2).messages(1).map { size in
                if let name = size.texts(2).first { return .free(name) }
                return .fixed(try #require(size.ints(1).first))
            }, type: try #require(tensor.ints(1).first.flatMap { TensorProto.DataType(rawValue: $0) }),
            docString: reader.text(3))
    }
}
