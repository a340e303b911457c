import Base
import KerasFile
import Registry

/// A version that was exported to MLflow.
public struct MLflowExport: Sendable {
    public let reference: String
    /// The folder or server.
    public let target: String
    /// The run and the version of the registered model; nil for a folder.
    public let run: String?
    public let version: String?

    public var json: JSON {
        [
            "reference": .string(reference), "mlflow": .string(target),
            "run": run.map { .string($0) } ?? .null,
            "version": version.map { .string($0) } ?? .null,
        ]
    }
}

extension Store {
    /// Exports a version as a model of MLflow.
    ///
    /// - target: A folder, which gets the model in MLflow's format; or `http://HOST:PORT`, a tracking server, which gets a run
    ///   with parameters, metrics of every epoch, tags, the data set and the model, and a version of a registered model with the aliases.
    public func exportMLflow(
        _ reference: String, to target: String, overwrite: Bool = false
    ) throws -> MLflowExport {
        let source = try models.file(of: reference)
        let trusted = try trusted(source)
        let contents = try readModel(trusted, forTraining: false)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(FileSystem.size(ofFile: source.path) ?? 0)
        try withBytes(of: reference) { span in
            unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        }
        let digest = try digest(of: source)
        let model = MLflowModel(
            bytes, isArchive: ModelFormat(path: source.path) == .keras, contents: contents,
            reference: source.reference, sha256: digest)
        guard target.contains("://") else {
            try write(model, to: target, overwrite)
            return MLflowExport(reference: source.reference, target: target, run: nil, version: nil)
        }
        let run = MLflowRun(
            facts: contents.facts, name: source.reference, sha256: digest, model: model,
            version: source.sha256 == nil ? nil : try? models.version(reference))
        let done = try run.log(
            to: MLflowServer(target), tags: run.version.map { try models.tags(of: $0) } ?? [])
        return MLflowExport(
            reference: source.reference, target: target, run: done.run, version: done.version)
    }

    private func write(_ model: MLflowModel, to folder: String, _ overwrite: Bool) throws(CellarError) {
        if FileSystem.exists(folder), !overwrite, try !FileSystem.entries(of: folder).isEmpty {
            throw CellarError(
                .cannotCreate, "the folder is not empty.", file: folder,
                remedy: "Use --force to write into it.")
        }
        try FileSystem.makeFolder(folder + "/data")
        for file in model.files.reversed() { try writeFile(folder + "/" + file.path, file.bytes) }
    }
}
