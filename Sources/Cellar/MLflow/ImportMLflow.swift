import Base
import Foundation
import Registry

extension Store {
    /// Takes over the versions of a server's registered models that are Keras models, with their aliases and tags.
    ///
    /// - names: The registered models; all if none is named.
    public func importMLflow(
        _ url: String, models names: [String] = [], name: String? = nil, progress: ProgressReporter = .none
    ) throws -> [ImportedFile] {
        let server = try MLflowServer(url)
        let temporary = FileManager.default.temporaryDirectory.appendingPathComponent("cellar-\(UUID())")
        defer { try? FileManager.default.removeItem(at: temporary) }
        var all: [ImportedFile] = []
        for model in try names.isEmpty ? registeredModels(server) : names {
            let versions = try versions(of: model, server)
            guard !versions.isEmpty else {
                throw CellarError(.noInput, "\(url): no registered model \(model) with a version.")
            }
            let aliases = try aliases(of: model, server)
            for version in versions {
                guard let number = version["version"]?.string else { continue }
                let label = "\(model)/\(number)"
                let uri = try server.get(
                    "model-versions/get-download-uri", [("name", model), ("version", number)])
                guard let place = uri["artifact_uri"]?.string,
                    let file = try fetch(place, server, to: temporary.appendingPathComponent(label))
                else {
                    progress.warn("\(label): not a Keras model in .h5 or .keras; left out")
                    continue
                }
                let wanted = name ?? model
                let done = try importFiles(
                    ImportRequest(files: [file], name: wanted), progress: progress)
                for item in done { take(over: version, aliases[number] ?? [], model, url, item, progress) }
                all += done
            }
        }
        return all
    }

    private func registeredModels(_ server: MLflowServer) throws(CellarError) -> [String] {
        var (names, token): ([String], String?) = ([], nil)
        repeat {
            let page = try server.get(
                "registered-models/search",
                [("max_results", "1000")] + (token.map { [("page_token", $0)] } ?? []))
            names += (page["registered_models"]?.array ?? []).compactMap { $0["name"]?.string }
            token = page["next_page_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        } while token != nil
        return names
    }

    /// The versions of a registered model, the oldest first.
    private func versions(of model: String, _ server: MLflowServer) throws(CellarError) -> [JSON] {
        var (all, token): ([JSON], String?) = ([], nil)
        let filter = "name='\(model.replacing("'", with: "\\'"))'"
        repeat {
            let page = try server.get(
                "model-versions/search",
                [("filter", filter), ("max_results", "1000")] + (token.map { [("page_token", $0)] } ?? []))
            all += page["model_versions"]?.array ?? []
            token = page["next_page_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        } while token != nil
        return all.sorted { Int($0["version"]?.string ?? "") ?? 0 < Int($1["version"]?.string ?? "") ?? 0 }
    }

    /// The aliases of a registered model by version.
    private func aliases(of model: String, _ server: MLflowServer) throws(CellarError) -> [String: [String]] {
        var all: [String: [String]] = [:]
        let found = try server.get("registered-models/get", [("name", model)])["registered_model"]?["aliases"]
        for entry in found?.array ?? [] {
            guard let alias = entry["alias"]?.string, let version = entry["version"]?.string else { continue }
            all[version, default: []].append(alias)
        }
        return all
    }

    /// Copies the model file of a model's folder on the server; nil if it has none that we read.
    private func fetch(_ uri: String, _ server: MLflowServer, to folder: URL) throws -> String? {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for ending in ["h5", "keras"] {
            let path = folder.appendingPathComponent("model.\(ending)").path
            if uri.hasPrefix("mlflow-artifacts:") {
                let place = try MLflowServer.artifactPath(uri)
                guard let bytes = try server.download("\(place)/data/model.\(ending)") else { continue }
                try writeFile(path, bytes)
                return path
            }
            let local = uri.hasPrefix("file://") ? String(uri.dropFirst(7)) : uri
            let file = "\(local)/data/model.\(ending)"
            if local.hasPrefix("/"), FileSystem.exists(file) { return file }
        }
        return nil
    }

    /// Takes over aliases and tags, and notes where the version comes from.
    private func take(
        over version: JSON, _ aliases: [String], _ model: String, _ url: String, _ item: ImportedFile,
        _ progress: ProgressReporter
    ) {
        let number = version["version"]?.string ?? ""
        var tags: [ModelStore.VersionTag] = [
            .init(key: "mlflow", value: "\(url)/#/models/\(model)/versions/\(number)")
        ]
        if let run = version["run_id"]?.string, !run.isEmpty {
            tags.append(.init(key: "mlflow.run_id", value: run))
        }
        for tag in version["tags"]?.array ?? [] {
            guard let key = tag["key"]?.string, let value = tag["value"]?.string, !key.hasPrefix("cellar."),
                !key.hasPrefix("mlflow"), !value.isEmpty
            else { continue }
            tags.append(.init(key: key, value: value))
        }
        let reference = item.version.reference
        // A tag or an alias whose name this store does not take is no reason to lose the model.
        do { _ = try models.tag(reference, set: tags, remove: []) } catch {
            progress.warn("\(reference): \(error)")
        }
        for alias in aliases {
            var options = ModelStore.MoveOptions(gate: nil, isForced: false)
            options.reason = "imported from \(url)"
            do { _ = try models.promote(reference, alias: alias, options: options) } catch {
                progress.warn("\(reference): \(error)")
            }
        }
    }
}
