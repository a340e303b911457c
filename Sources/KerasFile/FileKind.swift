import Base
import Zip

/// Kinds of files that are taken for Keras models. They are told by their content, whatever their names.
enum FileKind: CaseIterable {
    case empty, lfsPointer, html, tfLite, onnx, safetensors, gguf, torch, numpy, savedModel, pickle, gzip,
        png,
        jpeg, yaml

    /// Returns the kind by a file's first bytes; nil for what may be a model, and for data of no known kind.
    init?(start: [UInt8]) {
        func begins(_ text: String, at offset: Int = 0) -> Bool {
            start.dropFirst(offset).starts(with: text.utf8)
        }
        let found: FileKind? =
            if start.isEmpty { .empty } else if begins("version https://git-lfs") {
                .lfsPointer
            } else if begins("TFL3", at: 4) { .tfLite } else if begins("GGUF") {
                .gguf
            } else if start.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
                .png
            } else if start.starts(with: [0xFF, 0xD8, 0xFF]) {
                .jpeg
            } else if start.starts(with: [0x1F, 0x8B]) {
                .gzip
            } else if start.starts(with: [0x93]) && begins("NUMPY", at: 1) {
                .numpy
            } else if start.count > 1, start[0] == 0x80, (2...5).contains(start[1]) {
                .pickle
            } else if start.count > 8, begins("{", at: 8),
                start[2..<8].allSatisfy({ $0 == 0 }) || start[4..<8].allSatisfy({ $0 == 0 })
            {
                .safetensors
            } else if start.starts(with: [0x08, 0x01, 0x12]) {
                // The version of the schema, which is 1, and then a graph.
                .savedModel
            } else if start.count > 2, start[0] == 0x08, start[1] < 0x20,
                [0x12, 0x1A, 0x22, 0x3A, 0x42].contains(start[2])
            {
                // The version of the format, and then a field of its producer or graph.
                .onnx
            } else if begins("backend:") || begins("class_name:") { .yaml } else if Self.startsLikeHTML(start)
            { .html } else { nil }
        guard let found else { return nil }
        self = found
    }

    private static func startsLikeHTML(_ start: [UInt8]) -> Bool {
        let text = String(decoding: start.prefix(64), as: UTF8.self).lowercased()
        let trimmed = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        return ["<!doctype html", "<html", "<?xml"].contains(where: trimmed.hasPrefix)
    }

    /// Returns the kind of a ZIP archive that is no `.keras`.
    init?(archive: ZipArchive) {
        guard !archive.has("config.json") else { return nil }
        let names = archive.names
        if names.contains(where: { $0.hasSuffix("data.pkl") }) {
            self = .torch
        } else if names.contains(where: { $0.hasSuffix("saved_model.pb") }) {
            self = .savedModel
        } else if !names.isEmpty, names.allSatisfy({ $0.hasSuffix(".npy") }) {
            self = .numpy
        } else {
            return nil
        }
    }

    var error: CellarError {
        let (what, remedy): (String, String) =
            switch self {
            case .empty: ("an empty file", "Copy or download it again.")
            case .lfsPointer:
                (
                    "a Git LFS pointer, which stands for the model",
                    "Run `git lfs pull` to get the file itself."
                )
            case .html: ("a web page", "Download the file itself, not the page about it.")
            case .tfLite: ("a TensorFlow Lite model", Self.saveAgain)
            case .onnx: ("an ONNX model, which is written here but not read", Self.saveAgain)
            case .safetensors: ("a safetensors file: weights without a Keras model", Self.saveAgain)
            case .gguf: ("a GGUF file: a language model of llama.cpp", Self.saveAgain)
            case .torch: ("a PyTorch file", Self.saveAgain)
            case .numpy: ("a NumPy array, which is data and no model", Self.saveAgain)
            case .savedModel: ("a TensorFlow SavedModel", Self.saveAgain)
            case .pickle: ("a Python pickle, which could run code and is never read", Self.saveAgain)
            case .gzip: ("a gzip file", "Unpack it first.")
            case .png: ("a PNG picture", "Give the model's file here, and pictures as arguments of `infer`.")
            case .jpeg: ("a JPEG picture", "Give the model's file here.")
            case .yaml:
                ("an architecture in YAML, which is not read", "Save the text of model.to_json() instead.")
            }
        return CellarError(.badData, "this is \(what), not a Keras model.", remedy: remedy)
    }

    private static let saveAgain =
        "Save the Keras model that it was made from: model.save(\"model.keras\") or model.save(\"model.h5\")."
}
