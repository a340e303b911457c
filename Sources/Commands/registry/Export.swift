import ArgumentParser
import CommandSupport
import Foundation
import JSONText
import Registry
import StoreSupport

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a model out of the store: its file, or the model in another form.",
        discussion: """
            A file that Cellar wrote is copied, checked by its SHA-256. Where the name asks for another form, .h5 or \
            .keras, or the file came from a Keras that others cannot read, the model is written anew: .h5 for Keras 2.10 \
            to 3, .keras for Keras 3, with the optimizer's state; .weights.h5 has weights alone.

            Where the file's name ends in .onnx, the network is written in that form, for ONNX Runtime and the like: \
            inputs and outputs bear the names of the layers, the batch and sizes that the model leaves free stay so, \
            and the metadata say where it comes from (reference, sha256, parents, classes, features). Rescaling and \
            normalization inside the model go along, so that raw numbers go in.
            """)

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best; or a file.") var reference: String
    @Argument(help: "The file to write (.h5, .keras, .weights.h5, .onnx), or a folder.") var file: String
    @Flag(help: "Copy the file's bytes, whatever its form.") var asIs = false
    @Flag(help: "Replace a file that exists.") var force = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            guard file != "-" else {
                throw Failure(.usage, "A model file is no text for standard output. Name a file or a folder.")
            }
            if isONNX { return try exportONNX(from: store) }
            let source = try store.file(of: reference)
            if try converts(source) { return try convert(source, from: store) }
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
