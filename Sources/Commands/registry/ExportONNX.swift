import CommandSupport
import Foundation
import Base
import KerasFile
import Network
import ONNX
import Registry

extension Export {
    /// Whether the file's name asks for ONNX.
    var isONNX: Bool { file.lowercased().hasSuffix(".onnx") }

    /// Writes the network in ONNX' form; the version may also be a file that nobody registered.
    func exportONNX(_ source: ModelLocation, from store: ModelStore) throws {
        let digest = try store.checkedSHA256(of: source)
        let contents = try readModel(common.open().trusted(source), forTraining: false)
        let data = try naming(file: source.reference) {
            try ONNX.exportONNX(
                contents.model,
                from: ONNXOrigin(reference: source.reference, sha256: digest, facts: contents.facts))
        }
        try store.export(to: URL(fileURLWithPath: file), named: "model.onnx", overwrite: force) { output in
            try output.write(Array(data).span)
        }
        try common.print([
            "reference": .string(source.reference), "file": .string(file), "sha256": .string(digest),
        ]) {
            "\(source.reference) → \(file) (ONNX, \(data.count) bytes; made from the file with SHA-256 "
                + "\(digest.prefix(12))…)\n"
        }
    }
}
