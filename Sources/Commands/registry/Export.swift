import ArgumentParser
import CommandSupport
import Foundation
import Base
import KerasFile
import Registry
import StoreSupport

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a model out of the store: its file, or the model in another form.",
        discussion: """
            A file that Cellar wrote is copied, checked by its SHA-256; to standard output (-) every file is. Where the name asks for another form, .h5 or \
            .keras, or the file came from a Keras that others cannot read, the model is written anew: .h5 for Keras 2.10 \
            to 3, .keras for Keras 3, with the optimizer's state; .weights.h5 has weights alone.

            Where the file's name ends in .onnx, the network is written in that form, for ONNX Runtime and the like: \
            inputs and outputs bear the names of the layers, the batch and sizes that the model leaves free stay so, \
            and the metadata say where it comes from (reference, sha256, parents, classes, features). Rescaling and \
            normalization inside the model go along, so that raw numbers go in.
            """)

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best; or a file.") var reference: String
    @Argument(
        help: "The file to write (.h5, .keras, .weights.h5, .onnx), a folder, or - for standard output.")
    var file: String
    @Flag(help: "Copy the file's bytes, whatever its form.") var asIs = false
    @Flag(help: "Replace a file that exists.") var force = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let source = try store.file(of: reference)
            // Nobody vouches for a file that is not in the store.
            if source.sha256 == nil { try Quarantine.check(source.path) }
            if file == "-" { return try write(source, from: store) }
            if isONNX { return try exportONNX(source, from: store) }
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

    /// The file's bytes on standard output, and nothing else there.
    private func write(_ source: Registry.ModelFile, from store: ModelStore) throws {
        guard !Terminal.output.isTerminal, !common.json else {
            throw CellarError(
                .usage,
                "The model file itself goes to standard output, so not to a terminal, nor with --json. Send it to a "
                    + "program (| ssh …) or name a file.")
        }
        _ = try store.checkedSHA256(of: source)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: source.path), options: .mappedIfSafe)
        try StandardOutput.write { output in
            for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
                try output.write(Array(bytes[start..<min(start + 1 << 20, bytes.count)]).span)
            }
        }
    }
}
