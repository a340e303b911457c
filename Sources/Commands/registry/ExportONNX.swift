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
    func exportONNX(_ source: Registry.ModelFile, from store: ModelStore) throws {
        let digest = try store.checkedSHA256(of: source)
        let contents = try readModel(source.path, forTraining: false)
        let data: Data
        do {
            data = try ONNX.exportONNX(
                contents.model,
                from: ONNXOrigin(reference: source.reference, sha256: digest, facts: contents.facts))
        } catch {
            throw CellarError(.badData, "\(source.reference): \(error). Nothing was exported.")
        }
        try store.export(to: URL(fileURLWithPath: file), named: "model.onnx", overwrite: force) { path in
            do {
                try data.write(to: URL(fileURLWithPath: path))
            } catch {
                // The name that it was to have, not the temporary one.
                let failure = CellarError(describing: error)
                throw CellarError(failure.status, "cannot be written: \(failure.message)", file: file)
            }
        }
        try common.print([
            "reference": .string(source.reference), "file": .string(file), "sha256": .string(digest),
        ]) {
            "\(source.reference) → \(file) (ONNX, \(data.count) bytes; made from the file with SHA-256 "
                + "\(digest.prefix(12))…)\n"
        }
    }
}
