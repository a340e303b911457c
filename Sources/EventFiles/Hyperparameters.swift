import Foundation
import WireFormat

// The messages of TensorBoard's hparams plugin. Source: tensorboard/plugins/hparams/plugin_data.proto.

/// The value of a hyper-parameter.
public enum HyperparameterValue: Equatable, Sendable, WireMessage {
    case number(Double)
    case text(String)
    case bool(Bool)

    public func write(to sink: inout some WireSink) {
        switch self {
        case .number(let value): sink.double(2, value)
        case .text(let value): sink.text(3, value)
        case .bool(let value): sink.int(4, value ? 1 : 0)
        }
    }
}

/// HParamsPluginData: a version, which is 0 and so left out, and one message.
struct HyperparameterData: WireMessage {
    let field: Int
    let message: Data
    func write(to sink: inout some WireSink) { sink.bytes(field, message) }
}

struct SessionStart: WireMessage {
    let values: [(name: String, value: HyperparameterValue)]
    let group: String
    let time: Double

    func write(to sink: inout some WireSink) {
        for (name, value) in values { sink.message(1, Entry(name: name, value: value)) }
        sink.text(4, group)
        sink.double(5, time)
    }

    private struct Entry: WireMessage {
        let name: String
        let value: HyperparameterValue
        func write(to sink: inout some WireSink) {
            sink.text(1, name)
            sink.message(2, value)
        }
    }
}

struct SessionEnd: WireMessage {
    let succeeded: Bool
    let time: Double
    func write(to sink: inout some WireSink) {
        sink.int(1, succeeded ? 1 : 2)
        sink.double(2, time)
    }
}
