import Base
import Foundation
import Registry

extension Store {
    /// The path of a version's file, in the store's folder as the user named it.
    public func path(of version: ModelVersion) -> String {
        (folder as NSString).appendingPathComponent(version.file)
    }

    /// The form of a version in every `--json`.
    public func json(of version: ModelVersion) -> JSON {
        var object: JSONObject = [
            "reference": .string(version.reference), "name": .string(version.model),
            "version": .integer(version.number), "file": .string(path(of: version)),
            "sha256": .string(version.sha256), "size": .integer(version.size),
            "created": .string(version.created), "state": .string(version.state.rawValue),
            "aliases": .array(version.aliases.map { .string($0) }),
            "metrics": .object(
                JSONObject(version.metrics.map { ($0.name, $0.value.isFinite ? .number($0.value) : .null) })),
            "generation": .string(version.generation), "architecture": .string(version.architecture),
            "task": version.task.map { .string($0.rawValue) } ?? .null,
            "parameters": .integer(version.parameters),
            "trainable_parameters": .integer(version.trainableParameters),
            "non_trainable_parameters": .integer(version.nonTrainableParameters),
            "seed": version.seed.map { .integer($0) } ?? .null,
            "training_seconds": version.trainingSeconds.map { .number($0) } ?? .null,
        ]
        if let deleted = version.deleted { object["deleted"] = .string(deleted) }
        return .object(object)
    }
}
