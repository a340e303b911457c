import Foundation
import Base
import Network
import TestSupport
import Testing

@testable import KerasFile

/// `docs/layers.md`, made from the table of layers and the golden files there are for each.
enum LayersDocument {
    /// The golden variants that hold a class, and the releases that wrote them.
    private struct Evidence {
        var files: Set<String> = []
        var generations: Set<String> = []
    }

    private static let columns = ["Keras 1", "Keras 2.2", "tf.keras 2.10", "tf_keras 2.21", "Keras 3"]

    private static func generation(_ producer: String) -> String {
        let version = producer.split(separator: " ").last.map(String.init) ?? ""
        if version.hasPrefix("1.") { return columns[0] }
        if version.hasPrefix("2.2.") { return columns[1] }
        if version.hasPrefix("2.1") { return columns[2] }
        return version.hasPrefix("2.") ? columns[3] : columns[4]
    }

    private static func evidence() throws -> [String: Evidence] {
        var all: [String: Evidence] = [:]
        let folders =
            ["seed", "activations", "layers", "functional", "legacy"].map { ("Tests/Fixtures", $0) }
            + [
                "cells", "convolution", "early", "masks", "merges", "nested", "operations", "options",
                "sequences",
                "states", "steps",
            ].map {
                ("Tests/KerasFileTests/Golden", $0)
            }
        for (parent, folder) in folders {
            let url = Fixtures.repository.appendingPathComponent("\(parent)/\(folder)")
            for sidecar in try Sidecar.all(at: url) where sidecar.json["kind"] == "inference" {
                for variant in sidecar.json["variants"]?.array ?? [] {
                    let name = generation(variant["producer"]?.string ?? "")
                    for entry in variant["layers"]?.array ?? [] {
                        let className = entry.array?.first?.string ?? ""
                        all[className, default: Evidence()].files.insert("\(folder)/\(sidecar.name)")
                        all[className, default: Evidence()].generations.insert(name)
                    }
                }
            }
        }
        return all
    }

    static func text() throws -> String {
        let evidence = try evidence()
        var text = """
            # Layers

            Every layer that Cellar reads, computes, trains and writes, made from the table in `Sources/Network/LayerTable.swift` and the
            golden files in `Tests/Fixtures` and `Tests/KerasFileTests/Golden`; a test compares this page with both. A dot marks a generation of Keras that wrote a golden file with
            the layer; the other generations' names and options are translated to the same layer. Every layer with a backward pass is held
            against finite differences as well.

            | class | forward | backward | \(columns.joined(separator: " | ")) | golden cases |
            |---|---|---|\(columns.map { _ in "---|" }.joined())---|

            """
        for (className, hasBackward) in LayerTable.documented.sorted(by: { $0.className < $1.className }) {
            let found = evidence[className]
            let dots = columns.map { found?.generations.contains($0) == true ? "•" : "" }
            let files = (found?.files ?? []).sorted()
            let shown =
                files.prefix(4).joined(separator: ", ")
                + (files.count > 4 ? " and \(files.count - 4) more" : "")
            text +=
                "| \(className) | yes | \(hasBackward ? "yes" : "inference only") | \(dots.joined(separator: " | ")) | \(shown) |\n"
        }
        return text + operations + refusals
    }

    private static var operations: String {
        func list(_ names: [String]) -> String { names.sorted().map { "`\($0)`" }.joined(separator: ", ") }
        let isClass = { (name: String) in name.first?.isUppercase == true }
        return """

            ## Functions between layers

            A graph may have plain functions of tensors between its layers: `x / 255.`, `tf.nn.relu(x)`, `x[:, 0]`. tf.keras (2.4 and later)
            writes them as TFOpLambda and SlicingOpLambda with the function's name, Keras 3 as operations with a class of their own. Nothing is
            called by such a name: those below become layers, and all others are refused. Most become a layer of Keras' own, such as Rescaling
            for `x * 2 + 1`, which every Keras reads when it is written. The rest (\(LayerTable.operationNames.joined(separator: ", "))) are
            written as the functions that they are: in an `.h5` for tf.keras from 2.4 on, in a `.keras` for Keras 3.

            - tf.keras: \(list(operationTable.keys.filter { !isClass($0) }))
            - Keras 3: \(list(operationTable.keys.filter(isClass)))

            """
    }

    /// Options of Keras that are refused by name; a test holds each against the layer.
    static let refused: [(className: String, config: JSONObject, why: String)] = [
        (
            "LSTM", ["units": 1, "stateful": true],
            "Keras hands the state on from batch to batch and call to call, so that an answer depends on how samples are cut into batches"
        ),
        ("LSTM", ["units": 1, "time_major": true], "samples come first"),
        ("LSTM", ["units": 1, "activation": "glu"], "it halves the units"),
        (
            "LSTM",
            ["units": 1, "return_state": true, "activity_regularizer": ["class_name": "L2", "config": [:]]],
            "together"
        ),
        (
            "RNN", ["cell": ["class_name": "MyCell", "config": [:]]],
            "only SimpleRNNCell, LSTMCell, GRUCell and StackedRNNCells of these; a state goes out of or into one cell only"
        ),
        (
            "Bidirectional", ["layer": ["class_name": "Dense", "config": ["units": 1]]],
            "only around LSTM, GRU and SimpleRNN, and without `initial_state`"
        ),
        (
            "TimeDistributed",
            ["layer": ["class_name": "LSTM", "config": ["units": 1, "return_state": true]]],
            "only around layers of one output, and models of such layers"
        ),
        (
            "MultiHeadAttention", ["num_heads": 1, "key_dim": 1, "use_gate": true],
            "and `return_attention_scores` in the call for samples of [steps, features] only, here and in the other attention layers"
        ),
        (
            "GroupedQueryAttention",
            ["head_dim": 1, "num_query_heads": 1, "num_key_value_heads": 1, "use_gate": true],
            "new in Keras 3"
        ),
        (
            "BatchNormalization", ["renorm": true],
            "gone from Keras 3, as is an `axis` of several, which is written in an `.h5` only"
        ),
        ("BatchNormalization", ["virtual_batch_size": 4], "gone from Keras 3"),
        (
            "LayerNormalization", ["rms_scaling": true],
            "RMSNormalization is what it meant, which goes over the last axis only"
        ),
        ("Embedding", ["input_dim": 1, "output_dim": 1, "sparse": true], "sparse tensors"),
        ("Dense", ["units": 1, "lora_rank": 2], "also in Embedding and EinsumDense"),
        (
            "Resizing", ["height": 1, "width": 1, "antialias": true],
            "also `pad_to_aspect_ratio`, and an `interpolation` other than nearest and bilinear"
        ),
        ("UpSampling2D", ["interpolation": "bicubic"], "nearest and bilinear only"),
        (
            "EinsumDense", ["equation": "ab,ac->bc", "output_shape": 1],
            "the samples' axis comes first, and each letter of an operand is in the other one or in the output"
        ),
        (
            "CategoryEncoding", ["num_tokens": 1, "output_mode": "one_hot", "sparse": true],
            "also in Discretization, IntegerLookup, StringLookup and Hashing"
        ),
        ("Discretization", ["num_bins": 3], "what `adapt` found must stand in the config"),
        (
            "IntegerLookup", ["vocabulary": []],
            "what `adapt` found is read from a `.keras`; an `.h5` does not keep it"
        ),
        ("StringLookup", ["vocabulary": ["a"], "invert": true], "it gives texts out"),
        (
            "TextVectorization", ["vocabulary": ["a"], "output_mode": "int"],
            "with `output_mode` int it needs an `output_sequence_length`"
        ),
        ("IntegerLookup", ["vocabulary": [1], "output_mode": "tf_idf"], "also `idf_weights`"),
        ("IntegerLookup", ["vocabulary": [1], "invert": true], "it gives words out"),
        ("IntegerLookup", ["vocabulary": [1], "oov_method": "farmhash"], "`floormod` only"),
    ]

    private static var refusals: String {
        var text = """

            ## Refused

            What is not listed above is refused by its class: Lambda and other code is never executed, and a layer that is not known is never
            skipped. Of the layers above, these options end in an error that names layer and option.

            | class | options | |
            |---|---|---|

            """
        for (className, config, why) in refused {
            text += "| \(className) | `\(JSON.object(config).text())` | \(why) |\n"
        }
        return text
    }
}

@Test("every option that the page calls refused is refused, by the layer's name")
func refusedOptions() {
    for (className, config, _) in LayersDocument.refused {
        var named = config
        named["name"] = "mine"
        let error = #expect(throws: CellarError.self, "\(className) \(JSON.object(config).text())") {
            try LayerTable.make(className: className, config: named)
        }
        #expect(
            error?.description.hasPrefix("\(className) \"mine\": ") == true, "\(error?.description ?? "")")
    }
}

@Test("docs/layers.md is what the table of layers makes of it")
func layersDocument() throws {
    let file = Fixtures.repository.appendingPathComponent("docs/layers.md")
    let text = try LayersDocument.text()
    if ProcessInfo.processInfo.environment["CELLAR_WRITE_DOCS"] != nil {
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let found = try? String(contentsOf: file, encoding: .utf8)
    #expect(found == text, "make it anew: CELLAR_WRITE_DOCS=1 swift test --filter layersDocument")
}
