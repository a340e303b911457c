import ArgumentParser
import Cellar
import CommandSupport
import Base
import StoreSupport

extension ExportFormat: ExpressibleByArgument {}

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Export a model: its file, or the model in another format.",
        discussion: """
            A file that Cellar wrote is copied, checked by its SHA-256; to standard output (-) every file is. Where the name asks for another form, .h5 or \
            .keras, or the file came from a Keras that others cannot read, the model is written anew: .h5 for Keras 2.10 \
            to 3, .keras for Keras 3, with the optimizer's state; .weights.h5 has weights alone.

            Where the file's name ends in .onnx, the network is written in that form, for ONNX Runtime and the like: \
            inputs and outputs bear the names of the layers, the batch and sizes that the model leaves free stay so, \
            and the metadata say where it comes from (reference, sha256, parents, classes, features). Rescaling and \
            normalization inside the model go along, so that raw numbers go in.

            --mlflow writes a folder that MLflow loads, or logs to a tracking server: a run with parameters, metrics of every \
            epoch, tags, the data set and the model, and a version of a registered model with the aliases.
            """)

    @Argument(help: "The model, as mnist, mnist:12 or mnist@best; or a file.", completion: .versions)
    var reference: String
    @Argument(
        help: "The file to write (.h5, .keras, .weights.h5, .onnx), a folder, or - for standard output.")
    var file: String?
    @Option(help: "Export to MLflow: a folder, or the address of a tracking server (http://localhost:5000).")
    var mlflow: String?
    @Option(help: "The form to write, whatever the name: h5, keras, weights.h5 or onnx.")
    var format: ExportFormat?
    @Flag(help: "Copy the file's bytes without conversion.") var asIs = false
    @Flag(help: "Overwrite an existing file.") var force = false
    @OptionGroup var common: StoreOptions

    func validate() throws {
        guard (file == nil) != (mlflow == nil) else {
            throw ValidationError("Name the file to write, or a folder or server with --mlflow.")
        }
    }

    func run() throws {
        try common.run { store in
            if let mlflow {
                let done = try store.exportMLflow(reference, to: mlflow, overwrite: force)
                return try common.print(done.json) {
                    let version = done.version.map { " (version \($0), run \(done.run ?? ""))" } ?? ""
                    return "\(done.reference) → \(done.target)\(version)\n"
                }
            }
            let file = file ?? "-"
            if file == "-" { return try write(from: store) }
            let done = try store.export(
                ExportRequest(
                    reference: reference, file: file, format: format, asIs: asIs, overwrite: force),
                progress: .warnings(json: common.json))
            try common.print(done.json) { text(done, file) }
        }
    }

    private func text(_ done: ExportedFile, _ file: String) -> String {
        let digest = "SHA-256 \(done.sha256.prefix(12))…"
        let how =
            switch done.form {
            case .copy: "\(done.size) bytes, \(digest)"
            case .rewritten: "written anew from the file with \(digest)"
            case .onnx(let bytes): "ONNX, \(bytes) bytes; made from the file with \(digest)"
            }
        return "\(done.reference) → \(file) (\(how))\n"
    }

    /// The file's bytes on standard output, and nothing else there.
    private func write(from store: Store) throws {
        guard !Terminal.output.isTerminal, !common.json else {
            throw CellarError(
                .usage,
                "The model file itself goes to standard output, so not to a terminal, nor with --json. Send it to a "
                    + "program (| ssh …) or name a file.")
        }
        try StandardOutput.write { output in
            try store.withBytes(of: reference) { try output.write($0) }
        }
    }
}
