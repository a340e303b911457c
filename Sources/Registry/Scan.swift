import Base
import Foundation

/// The contents of a store's folder: model files with digests and facts, and unreadable files.
struct Scan {
    var files: [FoundFile] = []
    var unreadable: [(file: String, reason: String)] = []
}

extension ModelFacts? {
    /// Returns the facts with name and date filled in, which files not written by Cellar lack.
    public func known(as name: String, created: String) -> ModelFacts {
        var facts = self ?? ModelFacts(name: "", created: "", generation: "")
        if facts.name.isEmpty { facts.name = name }
        if facts.created.isEmpty { facts.created = created }
        return facts
    }
}

struct FoundFile {
    /// The path relative to the store's folder.
    let file: String
    let digest: FileDigest
    /// The file's identity before its digest was computed.
    let identity: FileIdentity?
    /// The facts; nil if the file has none; without name and date if Cellar did not write it.
    let facts: ModelFacts?
    /// The date in the facts, else in the file name, else the time of modification.
    let created: String

    var isDeleted: Bool { file.hasPrefix(ModelStore.trash + "/") }

    /// The model's name if no list has one: from the facts, or derived from the file name.
    var model: String {
        if let name = facts?.name, !name.isEmpty { return Names.model(from: name) }
        return ModelStore.modelName(ofFile: file)
    }
}

extension ModelStore {
    /// The name that the model in a file gets if nothing else names it.
    public static func modelName(ofFile path: String) -> String {
        Names.model(from: FileSystem.name(of: path))
    }

    /// Returns paths of model files in the folder tree, in byte order, without hidden files and symbolic links. Folders that are none
    /// of Cellar's may be closed to this user, as `lost+found` is.
    func modelFiles() throws(CellarError) -> [String] {
        var found: [String] = []
        func visit(_ folder: String) throws(CellarError) {
            let path = folder.isEmpty ? root : root + "/" + folder
            let isOwn = ["", Self.trained, Self.trash].contains(folder)
            let entries = isOwn ? try FileSystem.entries(of: path) : (try? FileSystem.entries(of: path)) ?? []
            for (name, kind) in entries where !name.hasPrefix(".") {
                let file = folder.isEmpty ? name : folder + "/" + name
                switch kind {
                // What a repair moved aside is no longer the store's.
                case .folder: if file != Self.aside { try visit(file) }
                case .file where Names.isFileName(name): found.append(file)
                default: break
                }
            }
        }
        try visit("")
        return found.sorted()
    }

    /// Returns paths of temporary files whose process died.
    func leftovers() throws(CellarError) -> [String] {
        var found: [String] = []
        for folder in ["", ModelStore.trained + "/", "log/"] {
            let names = try FileSystem.entries(of: root + "/" + folder).map(\.name)
            found += names.filter(FileSystem.isLeftover).map { folder + $0 }
        }
        return found.sorted()
    }

    /// Reads model files.
    func scan(_ files: [String]) -> Scan {
        var result = Scan()
        for file in files {
            do { result.files.append(try examine(file)) } catch {
                result.unreadable.append((file, "\(error)"))
            }
        }
        return result
    }

    func examine(_ file: String) throws -> FoundFile {
        let path = path(of: file)
        let before = FileIdentity(ofFile: path)
        let digest = try FileDigest(ofFile: path)
        let facts = try reader(
            FoundBytes(path: path, sha256: digest.sha256, identity: nil, isRegistered: false))
        return FoundFile(
            file: file, digest: digest, identity: before, facts: facts,
            created: created(facts, path: path))
    }

    func created(_ facts: ModelFacts?, path: String) -> String {
        if let created = facts?.created, !created.isEmpty { return created }
        return Timestamp.inFileName(FileSystem.name(of: path))
            ?? Timestamp.of(secondsSince1970: FileSystem.modified(path) ?? 0)
    }
}
