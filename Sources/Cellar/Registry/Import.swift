import Base
import Foundation
import KerasFile
import Registry

/// Takes model files into the store.
public struct ImportRequest: Sendable {
    public var files: [String]
    /// The model's name; nil takes the name in the file, or makes one of the file's name.
    public var name: String?
    /// For files of weights alone: a config in JSON, a model file, or a version in the store.
    public var architecture: String?
    /// The place that the files were fetched from; see `ModelStore.importFile`.
    var origin: String?

    public init(files: [String], name: String? = nil, architecture: String? = nil) {
        (self.files, self.name, self.architecture) = (files, name, architecture)
    }
}

/// A file that was imported, or whose bytes were registered already.
public struct ImportedFile: Sendable {
    public let file: String
    public let version: ModelVersion
    public let isNew: Bool
    public let json: JSON
}

extension Store {
    public func importFiles(
        _ request: ImportRequest, progress: ProgressReporter = .none
    ) throws -> [ImportedFile] {
        // Only weights alone are written to a whole file first.
        guard request.architecture != nil else {
            return try importFiles(request, temporary: "", progress: progress)
        }
        return try withTemporaryFolder { try importFiles(request, temporary: $0, progress: progress) }
    }

    private func importFiles(
        _ request: ImportRequest, temporary: String, progress: ProgressReporter
    ) throws -> [ImportedFile] {
        let layers = try request.architecture.map(architecture)
        var found: [(file: URL, facts: ModelFacts)] = []
        // Nothing is registered before every file was read to its last weight.
        for (index, file) in request.files.enumerated() {
            let contents = try readModel(TrustGate.admit(file), architecture: layers)
            for warning in contents.warnings { progress.warn("\(file): \(warning)") }
            guard layers != nil else {
                found.append((URL(fileURLWithPath: file), indexFacts(of: contents, path: file)))
                continue
            }
            let folder = "\(temporary)/\(index)"
            try FileSystem.makeFolder(folder)
            let whole = "\(folder)/\(Self.modelName(ofWeights: file)).h5"
            try writeModel(contents, to: whole)
            found.append((URL(fileURLWithPath: whole), writtenFacts(of: contents)))
        }
        return try zip(request.files, found).map { file, source in
            let done = try models.importFile(
                source.file, facts: source.facts, name: request.name, origin: request.origin)
            var object = json(of: done.version).object ?? [:]
            object["new"] = .bool(done.isNew)
            return ImportedFile(
                file: file, version: done.version, isNew: done.isNew, json: .object(object))
        }
    }

    private static func modelName(ofWeights path: String) -> String {
        let name = FileSystem.name(of: path)
        let ending = [".weights.h5", ".h5", ".hdf5"].first(where: name.hasSuffix) ?? ""
        return String(name.dropLast(ending.count))
    }
}
