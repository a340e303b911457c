import Base
import Registry

extension Store {
    /// Takes over the versions of a server's registered models that are Keras models, with their aliases and tags.
    ///
    /// - names: The registered models; all if none is named.
    public func importMLflow(
        _ url: String, models names: [String] = [], name: String? = nil, progress: ProgressReporter = .none
    ) throws -> [ImportedFile] {
        if let name { try ModelStore.checkModelName(name) }
        let server = try MLflowServer(url)
        let found = try names.isEmpty ? registeredModels(server) : names
        return try found.flatMap { model -> [ImportedFile] in
            do throws(CellarError) { try ModelStore.checkModelName(name ?? model) } catch {
                // One model of many is no reason to import none.
                guard names.isEmpty else {
                    throw CellarError(error.category, error.message, remedy: "Choose a name with --name.")
                }
                progress.warn(printable("\(model): left out: \(error.message) Choose a name with --name."))
                return []
            }
            let versions = try versions(of: model, server)
            guard !versions.isEmpty || names.isEmpty else {
                throw CellarError(.noInput, "\(url): no registered model \(model) with a version.")
            }
            let aliases = try versions.isEmpty ? [:] : aliases(of: model, server)
            return try versions.flatMap { number, version in
                let source = MLflowVersion(
                    model: model, number: number, json: version, aliases: aliases[number] ?? [])
                return try take(source, from: server, name: name ?? model, progress)
            }
        }
    }

    private func registeredModels(_ server: MLflowServer) throws(CellarError) -> [String] {
        try server.all("registered_models", of: "registered-models/search").compactMap { $0["name"]?.string }
    }

    /// The versions of a registered model, the oldest first.
    private func versions(
        of model: String, _ server: MLflowServer
    ) throws(CellarError) -> [(number: Int, json: JSON)] {
        let filter = "name='\(model.replacing("'", with: "\\'"))'"
        var all: [(number: Int, json: JSON)] = []
        for json in try server.all("model_versions", of: "model-versions/search", [("filter", filter)]) {
            guard let number = json["version"]?.mlflowVersion else {
                throw CellarError(
                    .inputOutput, "the MLflow server gave a version of \(model) without a number.")
            }
            all.append((number, json))
        }
        return all.sorted { $0.number < $1.number }
    }

    /// The aliases of a registered model by version.
    private func aliases(of model: String, _ server: MLflowServer) throws(CellarError) -> [Int: [String]] {
        var all: [Int: [String]] = [:]
        let found = try server.get("registered-models/get", [("name", model)])["registered_model"]?["aliases"]
        for entry in found?.array ?? [] {
            guard let alias = entry["alias"]?.string, let number = entry["version"]?.mlflowVersion else {
                continue
            }
            all[number, default: []].append(alias)
        }
        return all
    }

    private func take(
        _ source: MLflowVersion, from server: MLflowServer, name: String, _ progress: ProgressReporter
    ) throws -> [ImportedFile] {
        let answer = try server.get(
            "model-versions/get-download-uri",
            [("name", source.model), ("version", "\(source.number)")])
        guard let uri = answer["artifact_uri"]?.string else {
            throw CellarError(.inputOutput, "the MLflow server gave no place of \(source.label).")
        }
        let folder: String
        do throws(CellarError) { folder = try MLflowServer.artifactPath(uri) + "/data" } catch {
            progress.warn(
                printable("\(source.label): left out: \(error.message) \(error.remedy ?? "")"))
            return []
        }
        let files = try server.files(in: folder)
        guard let file = ["model.h5", "model.keras"].first(where: files.contains) else {
            progress.warn(printable("\(source.label): not a Keras model in .h5 or .keras; left out"))
            return []
        }
        var source = source
        if let run = source.run {
            source.runTags =
                try server.get("runs/get", [("run_id", run)], unless: MLflowServer.isMissing)?["run"]?[
                    "data"]?[
                    "tags"]?.array ?? []
        }
        return try withTemporaryFolder { [source] place in
            // The server's names are no part of the path.
            let copy = "\(place)/\(file)"
            try server.download("\(folder)/\(file)", to: copy)
            var request = ImportRequest(files: [copy], name: name)
            request.origin = printable(source.label)
            return try importFiles(request, progress: progress).map { item in
                take(over: source, server.url, item, progress)
                return ImportedFile(
                    file: printable(source.label), version: item.version, isNew: item.isNew, json: item.json)
            }
        }
    }

    /// Takes over aliases and tags, and notes where the version comes from.
    private func take(
        over source: MLflowVersion, _ url: String, _ item: ImportedFile, _ progress: ProgressReporter
    ) {
        let reference = item.version.reference
        let tags = source.tags(url)
        if (try? models.tag(reference, set: tags)) == nil {
            // A tag or an alias whose name this store does not take is no reason to lose the model, or the other ones.
            for tag in tags {
                do throws(CellarError) { try models.tag(reference, set: [tag]) } catch {
                    progress.warn(printable("\(reference): \(error.message)"))
                }
            }
        }
        for alias in source.aliases {
            var options = ModelStore.MoveOptions(reason: "imported from \(url)")
            // As with `registry cp`: an alias in use moves by a promotion, with its comparison.
            options.isOnlyIfFree = true
            do throws(CellarError) {
                _ = try load([reference], .none) { [] }
                _ = try models.promote(reference, alias: alias, options: options)
            } catch {
                progress.warn(printable("\(reference): \(error.message)"))
            }
        }
    }
}

/// A version of a registered model, as the server describes it.
private struct MLflowVersion {
    let model: String
    let number: Int
    let json: JSON
    let aliases: [String]
    var runTags: [JSON] = []
    var run: String? { json["run_id"]?.string.flatMap { $0.isEmpty ? nil : $0 } }

    /// MLflow's own way to name it.
    var label: String { "models:/\(model)/\(number)" }

    func tags(_ url: String) -> [ModelStore.VersionTag] {
        var tags: [ModelStore.VersionTag] = [
            .init(key: "mlflow", value: "\(url)/#/models/\(model)/versions/\(number)")
        ]
        if let run { tags.append(.init(key: "mlflow.run_id", value: run)) }
        // Those of the version come last, and so count where the run has others.
        for tag in runTags + (json["tags"]?.array ?? []) {
            guard let key = tag["key"]?.string, !key.hasPrefix("cellar."), !key.hasPrefix("mlflow") else {
                continue
            }
            tags.append(.init(key: key, value: tag["value"]?.string ?? ""))
        }
        return tags
    }
}
