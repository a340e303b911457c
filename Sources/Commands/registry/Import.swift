import ArgumentParser
import CommandSupport
import Foundation
import Base
import KerasFile
import Registry
import StoreSupport

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy model files into the store and register them, also files straight from Keras.")

    @Argument(
        help: "Files ending .h5, .hdf5 or .keras.", completion: .file(extensions: ["h5", "hdf5", "keras"]))
    var files: [String]
    @Option(help: "The model's name; else the file's own, or one made of the file's name.") var name: String?
    @Option(
        help:
            "For weights alone: a config.json (model.to_json), a model file or a version that has the layers."
    )
    var architecture: String?
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let layers = try architecture.map { try common.open().architecture($0) }
            for file in files { try checkWhole(file, layers) }
            let done = try files.map { file in
                guard let layers else {
                    return try store.importFile(
                        URL(fileURLWithPath: file), facts: try readIndexFacts(TrustGate.admit(file)),
                        name: name)
                }
                let whole = try joined(file, layers)
                defer { try? FileManager.default.removeItem(at: whole.deletingLastPathComponent()) }
                return try store.importFile(
                    whole, facts: try readIndexFacts(TrustGate.admit(whole.path)), name: name)
            }
            try common.print(
                .array(
                    done.map { item in
                        var object = item.version.json(in: common.folder).object ?? [:]
                        object["new"] = .bool(item.isNew)
                        return .object(object)
                    })
            ) {
                zip(files, done).map { file, item in
                    item.isNew
                        ? "\(file) is \(item.version.reference) now\n"
                        : "\(file) is in the store already: \(item.version.reference)\n"
                }.joined()
            }
        }
    }

    /// What cannot be read to the last weight is not taken into the store, where a later day would find out.
    private func checkWhole(_ file: String, _ architecture: Architecture?) throws {
        for warning in try readModel(TrustGate.admit(file), architecture: architecture).warnings {
            printError("registry: warning: \(file): \(warning)")
        }
    }
}
