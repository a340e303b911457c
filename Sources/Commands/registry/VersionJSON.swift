import Base
import Foundation
import Registry

extension ModelVersion {
    /// The form of a version in every `--json`; `folder` is the store as the user named it.
    func json(in folder: String) -> JSON {
        var object: JSONObject = [
            "reference": .string(reference), "name": .string(model), "version": .integer(number),
            "file": .string((folder as NSString).appendingPathComponent(file)), "sha256": .string(sha256),
            "size": .integer(size), "created": .string(created), "state": .string(state.rawValue),
            "aliases": .array(aliases.map { .string($0) }),
            "metrics": .object(
                JSONObject(metrics.map { ($0.name, $0.value.isFinite ? .number($0.value) : .null) })),
            "generation": .string(generation), "architecture": .string(architecture),
            "task": task.map { .string($0.rawValue) } ?? .null, "parameters": .integer(parameters),
            "trainable_parameters": .integer(trainableParameters),
            "non_trainable_parameters": .integer(nonTrainableParameters),
            "seed": seed.map { .integer($0) } ?? .null,
            "training_seconds": trainingSeconds.map { .number($0) } ?? .null,
        ]
        if let deleted { object["deleted"] = .string(deleted) }
        return .object(object)
    }
}

extension ModelStore {
    /// A version with everything that is known of it.
    func fullJSON(of version: ModelVersion, in folder: String) throws -> JSON {
        var object = version.json(in: folder).object ?? [:]
        object["tags"] = .object(JSONObject(try tags(of: version).map { ($0.key, .string($0.value)) }))
        object["parents"] = .array(
            try parents(of: version).map {
                [
                    "kind": .string($0.kind.rawValue), "sha256": .string($0.sha256),
                    "reference": .string($0.reference),
                ]
            })
        let facts = try facts(of: version).json
        for key in [
            "classes", "features", "picture", "dataset", "hyperparameters", "history", "recipe",
            "command_line", "host",
        ] { object[key] = facts[key] ?? .null }
        return .object(object)
    }
}
