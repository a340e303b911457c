import Base
import CommandSupport
import Infer
import Registry

// Which model answers where the user names none.

/// For pictures: `mnist@best`, or where that is not set, the newest mnist; in a store without a mnist, the only model that
/// takes pictures, its best version if one is called so.
func pictureModel(_ store: ModelStore) throws -> [Registry.ModelFile] {
    if let best = try store.bestFile(of: "mnist") { return [best] }
    var pictures: [String] = []
    for (name, _) in try store.models() {
        let version = (try? store.version("\(name)@best")) ?? (try? store.version(name))
        if let version, try store.facts(of: version).picture != nil { pictures.append(version.reference) }
    }
    guard pictures.count <= 1 else {
        throw CellarError(
            .usage,
            "several models take pictures: \(pictures.joined(separator: ", ")). Name one with --model.")
    }
    // Without any, the error is that there is no mnist.
    return [try store.file(of: pictures.first ?? "mnist")]
}

/// For rows: the only model in the store that they fit, its best version if one is called so, else its newest.
///
/// - fits: Whether the rows fit a model that takes these columns.
/// - rows: What is to be scored, for messages.
func rowModel(_ store: ModelStore, rows: String, fits: ([String]) -> Bool) throws -> [Registry.ModelFile] {
    var candidates: [(reference: String, features: [String])] = []
    for (name, _) in try store.models() {
        let version = (try? store.version("\(name)@best")) ?? (try? store.version(name))
        guard let version else { continue }
        let features = try store.facts(of: version).features
        if !features.isEmpty { candidates.append((version.reference, features)) }
    }
    let fitting = candidates.filter { fits($0.features) }
    if fitting.count == 1 { return [try store.file(of: fitting[0].reference)] }
    let known = candidates.map { "\($0.reference) (\($0.features.count) columns)" }.joined(separator: ", ")
    guard fitting.isEmpty else {
        throw CellarError(
            .usage,
            "\(rows): several models take these columns: \(fitting.map(\.reference).joined(separator: ", ")). Name one with "
                + "--model.")
    }
    throw CellarError(
        .usage,
        "\(rows): no model in the store \(store.folder.path) takes these columns; "
            + (known.isEmpty ? "it has none that names its columns." : "it has \(known).")
            + " Name one with --model.")
}

/// Whether all of a model's features are among the columns, as `infer` will look for them: case does not count.
func areAll(_ features: [String], in columns: [String]) -> Bool {
    Set(features.map { $0.lowercased() }).isSubset(of: columns.map { $0.lowercased() })
}
