import Foundation
import WireFormat

/// An event at a time in seconds since 1970.
///
/// Source: TensorFlow's event.proto, summary.proto, tensor.proto and graph.proto, and the metadata of TensorBoard's plugins.
public struct Event: WireMessage {
    public var time: Double
    public var step: Int
    public var content: Content

    public enum Content {
        /// The first event of a file.
        case version
        case scalar(tag: String, Float)
        case histogram(tag: String, Histogram)
        /// Encoded PNG pictures of one size.
        case images(tag: String, width: Int, height: Int, [Data])
        /// The graph of a run.
        case graph([LoggedNode])
        /// A model's config as Keras' `to_json` has it, for the conceptual graph.
        case model(tag: String, json: String)
        /// The values of hyper-parameters with which a run begins, and the group of runs that it belongs to.
        case hyperparameters([(name: String, value: HyperparameterValue)], group: String)
        /// The end of a run with hyper-parameters.
        case sessionEnd(succeeded: Bool)
    }

    public init(time: Double, step: Int = 0, content: Content) {
        (self.time, self.step, self.content) = (time, step, content)
    }

    public func write(to sink: inout some WireSink) {
        sink.double(1, time)
        if step != 0 { sink.int(2, step) }
        switch content {
        case .version:
            sink.text(3, "brain.Event:2")
            sink.message(10, SourceMetadata())
        case .graph(let nodes): sink.bytes(4, GraphDefinition(nodes: nodes).wireData)
        case .scalar(let tag, let value):
            sink.message(5, Summary(tag: tag, tensor: .scalar(value), plugin: "scalars"))
        case .histogram(let tag, let histogram):
            sink.message(5, Summary(tag: tag, tensor: .histogram(histogram), plugin: "histograms"))
        case .images(let tag, let width, let height, let pictures):
            let texts = [Data("\(width)".utf8), Data("\(height)".utf8)] + pictures
            sink.message(5, Summary(tag: tag, tensor: .strings(texts), plugin: "images"))
        case .model(let tag, let json):
            sink.message(
                5,
                Summary(
                    tag: tag, tensor: .string(Data(json.utf8)), plugin: "graph_keras_model",
                    content: Data("1".utf8)))
        case .hyperparameters(let values, let group):
            let start = SessionStart(values: values, group: group, time: time)
            sink.message(5, session("_hparams_/session_start_info", .init(field: 3, message: start.wireData)))
        case .sessionEnd(let succeeded):
            let end = SessionEnd(succeeded: succeeded, time: time)
            sink.message(5, session("_hparams_/session_end_info", .init(field: 4, message: end.wireData)))
        }
    }

    private func session(_ tag: String, _ data: HyperparameterData) -> Summary {
        Summary(tag: tag, tensor: .none, plugin: "hparams", content: data.wireData)
    }
}

private struct SourceMetadata: WireMessage {
    func write(to sink: inout some WireSink) { sink.text(1, "cellar") }
}

/// One value as in TensorFlow 2: a tensor with the metadata of the plugin that shows it.
struct Summary: WireMessage {
    var tag: String
    var tensor: SummaryTensor
    var plugin: String
    var content = Data()

    func write(to sink: inout some WireSink) { sink.message(1, Entry(summary: self)) }

    private struct Entry: WireMessage {
        let summary: Summary
        func write(to sink: inout some WireSink) {
            sink.text(1, summary.tag)
            sink.message(8, summary.tensor)
            sink.message(9, Metadata(plugin: summary.plugin, content: summary.content))
        }
    }

    private struct Metadata: WireMessage {
        let plugin: String
        let content: Data
        func write(to sink: inout some WireSink) {
            sink.message(1, Plugin(name: plugin, content: content))
        }
        struct Plugin: WireMessage {
            let name: String
            let content: Data
            func write(to sink: inout some WireSink) {
                sink.text(1, name)
                if !content.isEmpty { sink.bytes(2, content) }
            }
        }
    }
}

/// A TensorProto.
enum SummaryTensor: WireMessage {
    case scalar(Float)
    case histogram(Histogram)
    case string(Data)
    case strings([Data])
    /// No numbers, where only the metadata matters.
    case none

    func write(to sink: inout some WireSink) {
        switch self {
        case .scalar(let value):
            sink.int(1, 1)  // float32
            sink.message(2, TensorAxes(sizes: []))
            sink.bytes(4, littleEndian([value.bitPattern]))
        case .histogram(let histogram):
            sink.int(1, 2)  // float64
            sink.message(2, TensorAxes(sizes: [histogram.counts.count, 3]))
            sink.bytes(4, littleEndian(histogram.rows.map(\.bitPattern)))
        case .string(let text):
            sink.int(1, 7)
            sink.message(2, TensorAxes(sizes: []))
            sink.bytes(8, text)
        case .strings(let texts):
            sink.int(1, 7)
            sink.message(2, TensorAxes(sizes: [texts.count]))
            for text in texts { sink.bytes(8, text) }
        case .none:
            sink.int(1, 1)
            sink.message(2, TensorAxes(sizes: [0]))
        }
    }

    private func littleEndian(_ values: [some FixedWidthInteger]) -> Data {
        var bytes = Data()
        for value in values {
            for shift in stride(from: 0, to: value.bitWidth, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        return bytes
    }
}

/// A TensorShapeProto; -1 is a free size.
struct TensorAxes: WireMessage {
    let sizes: [Int]
    func write(to sink: inout some WireSink) {
        for size in sizes { sink.message(2, Axis(size: size)) }
    }
    private struct Axis: WireMessage {
        let size: Int
        func write(to sink: inout some WireSink) { sink.int(1, size) }
    }
}
