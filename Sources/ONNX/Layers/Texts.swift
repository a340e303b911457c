import Base
import Foundation
import Network

extension GraphProto {
    /// Writes reductions as operator set 18 and later have them: axes are an input.
    mutating func takeAxesAsInputs() {
        for index in nodes.indices where nodes[index].operation.hasPrefix("Reduce") {
            guard let place = nodes[index].attributes.firstIndex(where: { $0.name == "axes" }),
                case .ints(let axes) = nodes[index].attributes[place].value
            else { continue }
            nodes[index].attributes.remove(at: place)
            let name = nodes[index].name + "/axes"
            nodes[index].inputs.append(name)
            let words = axes.flatMap { axis in (0..<8).map { UInt8(truncatingIfNeeded: axis >> (8 * $0)) } }
            initializers.append(
                TensorProto(name: name, type: .int64, shape: [axes.count], rawData: Data(words)))
        }
    }
}

/// Splits a text into characters as TextVectorization does: the index of each in the vocabulary, 1 for another one, 0 behind the
/// end. ONNX cannot take a text apart, but match it: for each place and each bit of the indices there is a regular expression
/// that matches texts whose character there has the bit.
func exportTextVectorization(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let (graph, length) = (call.graph, call.outputShape.last ?? 0)
    guard call.config.value("split")?.string == "character", call.config.value("standardize") == nil,
        try call.config.string("output_mode") == "int", [nil, 1].contains(call.config.value("ngrams")?.int),
        // The regular expressions of ONNX Runtime (RE2) count no further.
        length <= 1_000
    else {
        throw call.error(
            "cannot be exported to ONNX: its operators do not split texts into words and remove punctuation"
        )
    }
    let words = (call.config.value("vocabulary")?.array ?? []).compactMap(\.string)
    var classes: [(bit: Int, text: String)] = []
    for bit in 0..<Int.bitWidth - (words.count + 1).leadingZeroBitCount {
        // Characters that are not in the vocabulary have the index 1, which has the lowest bit alone.
        let listed = words.indices.filter { ($0 + 2) >> bit & 1 == (bit == 0 ? 0 : 1) }
        let text = listed.compactMap { place in
            let scalars = words[place].unicodeScalars
            return scalars.count == 1
                ? scalars.first.map { "\\x{" + String($0.value, radix: 16) + "}" } : nil
        }.joined()
        if text.isEmpty {
            if bit == 0 { classes.append((bit, ".")) }
        } else {
            classes.append((bit, bit == 0 ? "[^\(text)]" : "[\(text)]"))
        }
    }
    var matches: [String] = []
    for place in 0..<length {
        for (_, text) in classes {
            let match = graph.node(
                "RegexFullMatch", [call.input.name()], ["pattern": .string("(?s).{\(place)}\(text).*")])
            matches.append(graph.cast(match, to: .float))
        }
    }
    let all = graph.reshape(graph.concatenate(matches, axis: -1), [0, length, classes.count])
    let values = graph.floats(classes.map { Float(1 << $0.bit) }, shape: [classes.count])
    return call.output(graph.sum(graph.multiply(all, values), [-1], keep: false))
}
