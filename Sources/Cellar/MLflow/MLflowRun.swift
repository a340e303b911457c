import Base
import Registry

/// A run in MLflow's sense: a training with its parameters and metrics.
struct MLflowRun {
    let facts: ModelFacts?
    let name, sha256: String
    let model: MLflowModel
    let version: ModelVersion?

    func log(to server: MLflowServer, tags: [ModelStore.VersionTag]) throws -> (run: String, version: String)
    {
        let model =
            String(name.prefix { $0 != ":" && $0 != "@" }).split(separator: "/").last.map(String.init)
            ?? "model"
        let end = (facts?.created).flatMap { Timestamp.milliseconds($0) } ?? Timestamp.milliseconds()
        // Facts that were read are within this; others may not be.
        let seconds = facts?.trainingSeconds.flatMap { ModelFacts.possibleSeconds.contains($0) ? $0 : nil }
        let created = try server.post(
            "runs/create",
            [
                "experiment_id": .string(experiment(model, server)), "run_name": .string(name),
                "start_time": .integer(end - Int((seconds ?? 0) * 1000)),
                "tags": .array(pairs(allTags(tags))),
            ])
        guard let run = created["run"]?["info"]?["run_id"]?.string,
            let uri = created["run"]?["info"]?["artifact_uri"]?.string
        else { throw CellarError(.inputOutput, "the MLflow server gave no run.") }
        do {
            let place = try MLflowServer.artifactPath(uri) + "/model/"
            for part in parts(pairs(parameters), of: 100) {
                _ = try server.post("runs/log-batch", ["run_id": .string(run), "params": .array(part)])
            }
            for part in parts(metrics(end), of: 1000) {
                _ = try server.post("runs/log-batch", ["run_id": .string(run), "metrics": .array(part)])
            }
            if let dataset = facts?.dataset {
                _ = try server.post(
                    "runs/log-inputs", ["run_id": .string(run), "datasets": [input(dataset)]])
            }
            for file in self.model.files { try server.upload(file.bytes, to: place + file.path) }
            let version = try register(model, run, uri + "/model", tags, server)
            try close(run, "FINISHED", at: end, server)
            return (run, version)
        } catch {
            // A run that stays open looks as if its training went on.
            try? close(run, "FAILED", at: end, server)
            throw error
        }
    }

    private func close(
        _ run: String, _ status: String, at time: Int, _ server: MLflowServer
    ) throws(CellarError) {
        _ = try server.post(
            "runs/update",
            ["run_id": .string(run), "status": .string(status), "end_time": .integer(time)])
    }

    private func input(_ dataset: ModelFacts.Dataset) -> JSON {
        let source: JSON = ["uri": .string(dataset.path)]
        let profile: JSON = [
            "train_rows": .integer(dataset.trainRows), "validation_rows": .integer(dataset.validationRows),
            "test_rows": .integer(dataset.testRows),
        ]
        return [
            "tags": [["key": "mlflow.data.context", "value": "training"]],
            "dataset": [
                "name": .string(FileSystem.name(of: dataset.path)),
                "digest": .string(String(dataset.sha256.prefix(36))), "source_type": "local",
                "source": .string(source.text()), "profile": .string(profile.text()),
            ],
        ]
    }

    /// The number of the experiment that has the model's name. It is made where it is not there.
    private func experiment(_ name: String, _ server: MLflowServer) throws(CellarError) -> String {
        let query = [("experiment_name", name)]
        var found = try server.get("experiments/get-by-name", query, unless: MLflowServer.isMissing)?[
            "experiment"]
        if found == nil {
            found = try server.post(
                "experiments/create", ["name": .string(name)], unless: MLflowServer.isThere)
            // Another program may have made it in between.
            if found == nil { found = try server.get("experiments/get-by-name", query)["experiment"] }
        }
        guard let id = found?["experiment_id"], let id = id.string ?? id.int.map(String.init), !id.isEmpty
        else {
            throw CellarError(.inputOutput, "the MLflow server gave no experiment.")
        }
        return id
    }

    private func register(
        _ model: String, _ run: String, _ source: String, _ tags: [ModelStore.VersionTag],
        _ server: MLflowServer
    ) throws(CellarError) -> String {
        _ = try server.post(
            "registered-models/create", ["name": .string(model)], unless: MLflowServer.isThere)
        let made = try server.post(
            "model-versions/create",
            [
                "name": .string(model), "source": .string(source), "run_id": .string(run),
                "description": .string(name),
                "tags": .array(
                    pairs(
                        [("cellar.reference", name), ("cellar.sha256", sha256)]
                            + tags.map { ($0.key, $0.value) })),
            ])
        guard let number = made["model_version"]?["version"]?.mlflowVersion else {
            throw CellarError(.inputOutput, "the MLflow server gave no version.")
        }
        for alias in version?.aliases ?? [] {
            _ = try server.post(
                "registered-models/alias",
                ["name": .string(model), "alias": .string(alias), "version": .string("\(number)")])
        }
        return "\(number)"
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
        // MLflow shows the last value of each metric as the run's. The version's may be those of another epoch, whose weights were
        // restored, or measured after the training.
        let history = Dictionary((facts?.history ?? []).map { ($0.name, $0.values) }) { $1 }
        for value in facts?.metrics ?? [] {
            let known = history[MetricName.of(value)]
            if known?.last == value.value { continue }
            let step = known.map { $0.count + 1 } ?? 0
            if let one = metric(MetricName.of(value), value.value, step: step) { all.append(one) }
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
}
