import Base
import Foundation
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
        try withBytes(of: reference) { span in for index in span.indices { bytes.append(span[index]) } }
        let digest = try digest(of: source)
        let model = MLflowModel(
            bytes, isArchive: ModelFormat(path: source.path) == .keras, facts: contents.facts,
            reference: source.reference, sha256: digest,
            outputs: contents.model.outputShapes.first ?? [])
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
        if FileSystem.exists(folder), !overwrite, !FileSystem.entries(of: folder).isEmpty {
            throw CellarError(
                .cannotCreate, "the folder is not empty.", file: folder,
                remedy: "Use --force to write into it.")
        }
        try FileSystem.makeFolder(folder + "/data")
        for file in model.files.reversed() { try writeFile(folder + "/" + file.path, file.bytes) }
    }
}

/// A run in MLflow's sense: a training with its parameters and metrics.
private struct MLflowRun {
    let facts: ModelFacts?
    let name, sha256: String
    let model: MLflowModel
    let version: ModelVersion?

    func log(to server: MLflowServer, tags: [ModelStore.VersionTag]) throws -> (run: String, version: String)
    {
        let model =
            String(name.prefix { $0 != ":" && $0 != "@" }).split(separator: "/").last.map(String.init)
            ?? "model"
        let start = milliseconds(facts?.created)
        let length = (facts?.trainingSeconds ?? 0) * 1000
        let created = try server.post(
            "runs/create",
            [
                "experiment_id": .string(experiment(model, server)), "run_name": .string(name),
                "start_time": .integer(start - Int(length)), "tags": .array(pairs(allTags(tags))),
            ])
        guard let run = created["run"]?["info"]?["run_id"]?.string,
            let uri = created["run"]?["info"]?["artifact_uri"]?.string
        else { throw CellarError(.inputOutput, "the MLflow server gave no run.") }
        for part in parts(pairs(parameters), of: 100) {
            _ = try server.post("runs/log-batch", ["run_id": .string(run), "params": .array(part)])
        }
        for part in parts(metrics(start), of: 1000) {
            _ = try server.post("runs/log-batch", ["run_id": .string(run), "metrics": .array(part)])
        }
        if let dataset = facts?.dataset {
            let source: JSON = ["uri": .string(dataset.path)]
            let profile: JSON = [
                "train_rows": .integer(dataset.trainRows),
                "validation_rows": .integer(dataset.validationRows),
                "test_rows": .integer(dataset.testRows),
            ]
            _ = try server.post(
                "runs/log-inputs",
                [
                    "run_id": .string(run),
                    "datasets": [
                        [
                            "tags": [["key": "mlflow.data.context", "value": "training"]],
                            "dataset": [
                                "name": .string(FileSystem.name(of: dataset.path)),
                                "digest": .string(String(dataset.sha256.prefix(36))), "source_type": "local",
                                "source": .string(source.text()), "profile": .string(profile.text()),
                            ],
                        ]
                    ],
                ])
        }
        let place = try MLflowServer.artifactPath(uri) + "/model/"
        for file in self.model.files { try server.upload(file.bytes, to: place + file.path) }
        _ = try server.post(
            "runs/update", ["run_id": .string(run), "status": "FINISHED", "end_time": .integer(start)])
        return (run, try register(model, run, uri + "/model", server))
    }

    private func experiment(_ name: String, _ server: MLflowServer) throws(CellarError) -> String {
        if let found = try server.getIfThere("experiments/get-by-name", [("experiment_name", name)])?[
            "experiment"]?["experiment_id"]?.string
        {
            return found
        }
        return try server.post("experiments/create", ["name": .string(name)])["experiment_id"]?.string ?? "0"
    }

    private func register(
        _ model: String, _ run: String, _ source: String, _ server: MLflowServer
    ) throws(CellarError) -> String {
        _ = try server.postIfThere(
            "registered-models/create", ["name": .string(model)], missing: "RESOURCE_ALREADY_EXISTS")
        let made = try server.post(
            "model-versions/create",
            [
                "name": .string(model), "source": .string(source), "run_id": .string(run),
                "description": .string(name),
                "tags": .array(pairs([("cellar.reference", name), ("cellar.sha256", sha256)])),
            ])
        let number = made["model_version"]?["version"]
        guard let number = number?.string ?? number?.int.map(String.init) else {
            throw CellarError(.inputOutput, "the MLflow server gave no version.")
        }
        for alias in version?.aliases ?? [] {
            _ = try server.post(
                "registered-models/alias",
                ["name": .string(model), "alias": .string(alias), "version": .string(number)])
        }
        return number
    }

    private var parameters: [(String, String)] {
        var all: [(String, String)] = []
        if let settings = facts?.hyperparameters {
            for (key, value) in settings.config.members {
                all.append((key, value.string ?? value.text()))
            }
            if let size = settings.batchSize { all.append(("batch_size", "\(size)")) }
            if let epochs = settings.epochs { all.append(("epochs", "\(epochs)")) }
        }
        if let seed = facts?.seed { all.append(("seed", "\(seed)")) }
        // The server refuses a parameter twice, and long ones.
        var seen: Set<String> = []
        return all.filter { seen.insert($0.0).inserted }.map { ($0.0, String($0.1.prefix(6000))) }
    }

    private func metrics(_ time: Int) -> [JSON] {
        func metric(_ name: String, _ value: Double, step: Int) -> JSON? {
            guard value.isFinite else { return nil }
            return [
                "key": .string(name), "value": .number(value), "timestamp": .integer(time),
                "step": .integer(step),
            ]
        }
        var all: [JSON] = []
        for series in facts?.history ?? [] {
            for (epoch, value) in series.values.enumerated() {
                if let one = metric(series.name, value, step: epoch + 1) { all.append(one) }
            }
        }
        let known = Set(facts?.history.map(\.name) ?? [])
        for value in facts?.metrics ?? [] where !known.contains(MetricName.of(value)) {
            if let one = metric(MetricName.of(value), value.value, step: 0) { all.append(one) }
        }
        return all
    }

    private func allTags(_ tags: [ModelStore.VersionTag]) -> [(String, String)] {
        var all = [("cellar.reference", name), ("cellar.sha256", sha256)]
        if let recipe = facts?.recipe { all.append(("cellar.recipe", String(recipe.prefix(4500)))) }
        if let task = facts?.task { all.append(("cellar.task", task.rawValue)) }
        all += (facts?.parents ?? []).map { ("cellar.parent.\($0.kind.rawValue)", $0.reference) }
        return all + tags.map { ($0.key, $0.value) }
    }

    private func pairs(_ all: [(String, String)]) -> [JSON] {
        all.map { ["key": .string($0.0), "value": .string($0.1)] }
    }

    private func parts(_ all: [JSON], of size: Int) -> [[JSON]] {
        stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
    }

    private func milliseconds(_ time: String?) -> Int {
        let date = time.flatMap { try? Date($0, strategy: .iso8601) } ?? Date()
        return Int(date.timeIntervalSince1970 * 1000)
    }
}
