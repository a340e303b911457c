import Base
import Infer
import Registry

// The default models: those that answer a request that names none.

extension Store {
    /// The default model for pictures: `mnist@best`, or if there is no such alias, the newest mnist; in a store without a
    /// mnist, the only model that takes pictures.
    func pictureModel() throws(CellarError) -> [ModelLocation] {
        if let best = try models.bestFile(of: "mnist") { return [best] }
        var pictures: [(reference: String, name: String)] = []
        for (reference, version) in try preferredVersions()
        where try models.recordedFacts(of: version).picture != nil {
            pictures.append((reference, version.reference))
        }
        guard pictures.count <= 1 else {
            throw CellarError(
                .usage,
                "several models take pictures: \(pictures.map(\.name).joined(separator: ", ")).",
                remedy: "Name one with --model.")
        }
        // Without any, the error is that there is no mnist.
        return [try models.file(of: pictures.first?.reference ?? "mnist")]
    }

    /// The default model for rows: the only model in the store that they fit.
    ///
    /// - Parameters:
    ///   - rows: What is to be scored, for messages.
    ///   - fits: Whether the rows fit a model that takes these columns.
    func rowModel(_ rows: String, fits: ([String]) -> Bool) throws(CellarError) -> [ModelLocation] {
        var candidates: [(reference: String, name: String, features: [String])] = []
        for (reference, version) in try preferredVersions() {
            let features = try models.recordedFacts(of: version).features
            if !features.isEmpty { candidates.append((reference, version.reference, features)) }
        }
        let fitting = candidates.filter { fits($0.features) }
        if fitting.count == 1 { return [try models.file(of: fitting[0].reference)] }
        let known = candidates.map { "\($0.name) (\($0.features.count) columns)" }.joined(
            separator: ", ")
        guard fitting.isEmpty else {
            throw CellarError(
                .usage,
                "\(rows): several models take these columns: \(fitting.map(\.name).joined(separator: ", ")).",
                remedy: "Name one with --model.")
        }
        throw CellarError(
            .usage,
            "\(rows): no model in the store \(models.folder.path) takes these columns; "
                + (known.isEmpty ? "it has none that names its columns." : "it has \(known)."),
            remedy: "Name one with --model.")
    }

    /// The default model for a table with these columns.
    func tableModel(_ name: String, columns: [String]) throws(CellarError) -> [ModelLocation] {
        try rowModel(name) { areAll($0, in: columns) }
    }

    /// The version `best` of each model, or else its newest, with the reference that names it: an alias may require a signature.
    private func preferredVersions() throws(CellarError) -> [(reference: String, version: ModelVersion)] {
        try models.models().compactMap { name, _ in
            for reference in ["\(name)@best", name] {
                if let version = try? models.version(reference) { return (reference, version) }
            }
            return nil
        }
    }
}

/// Whether all features are among the columns, in any case, as scoring looks for them.
func areAll(_ features: [String], in columns: [String]) -> Bool {
    Set(features.map { $0.lowercased() }).isSubset(of: columns.map { $0.lowercased() })
}
