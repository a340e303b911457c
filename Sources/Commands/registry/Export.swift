import ArgumentParser
import CommandSupport
import Foundation
import JSONText
import Registry
import StoreSupport

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy a version's file out of the store, checked by its SHA-256, or write it as ONNX.",
        discussion: """
            Where the file's name ends in .onnx, the network is written in that form, for ONNX Runtime and the like: \
            inputs and outputs bear the names of the layers, the batch and sizes that the model leaves free stay so, \
            and the metadata say where it comes from (reference, sha256, parents, classes, features). Rescaling and \
            normalization inside the model go along, so that raw numbers go in.
            """)

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best; for .onnx also a file.") var reference:
        String
    @Argument(help: "The file to write (.onnx for ONNX), or a folder.") var file: String
    @Flag(help: "Replace a file that exists.") var force = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            guard file != "-" else {
                throw Failure(.usage, "A model file is no text for standard output. Name a file or a folder.")
            }
            if isONNX { return try exportONNX(from: store) }
            let version = try store.export(reference, to: URL(fileURLWithPath: file), overwrite: force)
            try common.print([
                "reference": .string(version.reference), "file": .string(file),
                "sha256": .string(version.sha256),
            ]) {
                "\(version.reference) → \(file) (\(version.size) bytes, SHA-256 \(version.sha256.prefix(12))…)"
            }
        }
    }
}
