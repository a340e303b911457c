import Base
import Foundation
import GRDB

/// How people speak of a model: `mnist` (the newest), `mnist:12`, `mnist@best`, a file, or 8 or more digits of a
/// file's SHA-256.
enum Reference: Equatable {
    case number(model: String, Int)
    case alias(model: String, String)
    case file(String)
    /// A model's newest version, or digits of a SHA-256, or a file of the working folder: the store has to say.
    case plain(String)

    init(_ text: String) throws(CellarError) {
        if text.contains("/") || Names.isFileName(text) {
            self = .file(text)
        } else if let at = text.firstIndex(of: "@") {
            self = .alias(model: String(text[..<at]), String(text[text.index(after: at)...]))
        } else if let colon = text.firstIndex(of: ":") {
            let digits = text[text.index(after: colon)...]
            guard let number = Int(digits), number > 0, digits.utf8.allSatisfy({ (48...57).contains($0) })
            else {
                throw CellarError(
                    .usage,
                    "\"\(text)\" is no version: expected a number after the colon, as mnist:12; an alias stands after "
                        + "an @, as mnist@best.")
            }
            self = .number(model: String(text[..<colon]), number)
        } else if text.isEmpty {
            throw CellarError(
                .usage, "expected a model, as mnist, mnist:12, mnist@best or a file; found an empty name.")
        } else {
            self = .plain(text)
        }
    }

    /// Lower-case hex, where the text can be the beginning of a SHA-256.
    static func digestPrefix(_ text: String) -> String? {
        let lower = text.lowercased()
        guard (8...64).contains(lower.utf8.count) else { return nil }
        return lower.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) } ? lower : nil
    }
}

/// What a reference means.
public enum Resolved: Equatable, Sendable {
    case version(ModelVersion)
    /// A file that is not registered here.
    case file(URL)
}

/// The file behind a reference: all that is needed to load a model.
public struct ModelLocation: Equatable, Sendable {
    public let path: String
    /// `mnist:12`, or the path as it was given.
    public let reference: String
    /// Nil for a file that is not registered.
    public let sha256: String?
    /// The text of the file's identity when its digest was last found to be `sha256`.
    public let identity: String?

    public var url: URL { URL(fileURLWithPath: path, isDirectory: false) }
}

extension ModelStore {
    /// What `reference` means. The error for an unknown one names the nearest that exist.
    public func resolve(_ reference: String) throws(CellarError) -> Resolved {
        let parsed = try Reference(reference)
        if case .file(let path) = parsed, !FileSystem.isFolder(root) { return .file(try existingFile(path)) }
        let found = try index().read("look up \(reference)") { try find(parsed, text: reference, $0) }
        if let found { return .version(found) }
        // Only files are left.
        return .file(try existingFile(reference))
    }

    /// The version that `reference` means; a file that is not registered is an error.
    public func version(_ reference: String) throws(CellarError) -> ModelVersion {
        switch try resolve(reference) {
        case .version(let version): return version
        case .file(let url):
            throw CellarError(
                .noInput,
                "the file is not registered in \(root).", file: url.path,
                remedy: "Run `registry import \(reference)` first.")
        }
    }

    /// The file behind a reference, which is there and has its size. This is the short way for `infer`.
    public func file(of reference: String) throws(CellarError) -> ModelLocation {
        if let query = VersionQuery(try Reference(reference)), let found = findQuickly(query) { return found }
        switch try resolve(reference) {
        case .file(let url):
            return ModelLocation(path: url.path, reference: reference, sha256: nil, identity: nil)
        case .version(let found): return try location(of: found)
        }
    }

    private func location(of version: ModelVersion) throws(CellarError) -> ModelLocation {
        try checkFile(of: version)
        return ModelLocation(
            path: path(of: version.file), reference: version.reference, sha256: version.sha256,
            identity: version.identity)
    }

    /// The file of a model's best version or, where there is none, of its newest. Nil where the store has neither.
    public func bestFile(of model: String) throws(CellarError) -> ModelLocation? {
        let best = VersionQuery(bestOf: model)
        if let found = findQuickly(best) { return found }
        // The newest version stands in for a best one whose file is missing, too.
        for query in [best, VersionQuery(newestOf: model)] {
            do throws(CellarError) {
                let found = try index().read("look up \(model)") { try ModelVersion.fetchOne($0, query) }
                if let found { return try location(of: found) }
            } catch {
                guard error.category == .noInput else { throw error }
            }
        }
        return nil
    }

    /// Notes that the file has its registered digest, so that the next process need not read it to know. A store that
    /// cannot be written stays as it is.
    public func noteIdentity(_ identity: FileIdentity, of file: ModelLocation) {
        guard let index = try? writableIndex(), let sha256 = file.sha256, file.path.hasPrefix(root + "/")
        else {
            return
        }
        try? index.write("note a file's identity") { db in
            try db.execute(
                sql: "UPDATE version SET identity = ? WHERE file = ? AND sha256 = ?",
                arguments: [identity.text, String(file.path.dropFirst(root.count + 1)), sha256])
        }
    }

    func checkFile(of version: ModelVersion) throws(CellarError) {
        let path = path(of: version.file)
        guard let size = FileSystem.size(ofFile: path) else {
            throw CellarError(
                .noInput, "the file of \(version.reference) is missing.", file: path,
                remedy: "Run `registry verify`.")
        }
        guard size == version.size else {
            throw CellarError(
                .badData,
                "the file of \(version.reference) was changed: it has \(size) bytes, expected \(version.size).",
                file: path, remedy: "Run `registry verify`.")
        }
    }

    private func existingFile(_ path: String) throws(CellarError) -> URL {
        if FileSystem.isFolder(path) {
            throw CellarError(
                .noInput, "expected a model file, as \(path)/Model_….h5, found a folder.", file: path)
        }
        guard FileSystem.size(ofFile: path) != nil else {
            throw CellarError(.noInput, "no such model file.", file: path)
        }
        return URL(fileURLWithPath: path)
    }

    /// Nil where the reference can only be a file.
    func find(_ reference: Reference, text: String, _ db: Database) throws -> ModelVersion? {
        if let query = VersionQuery(reference), let found = try ModelVersion.fetchOne(db, query) {
            return try kept(found)
        }
        switch reference {
        case .number(let model, _): throw try unknownVersion(model, text, db)
        case .alias(let model, let alias): throw try unknownAlias(model, alias, text, db)
        case .file(let path):
            let path = URL(fileURLWithPath: path).standardizedFileURL.path
            guard path.hasPrefix(root + "/") else { return nil }
            return try ModelVersion.fetchOne(
                db, where: "WHERE v.file = ? AND v.state <> 'purged'",
                [String(path.dropFirst(root.count + 1))])
        case .plain(let name):
            if let digits = Reference.digestPrefix(name), let found = try find(digest: digits, db) {
                return found
            }
            if FileSystem.size(ofFile: name) != nil { return nil }
            throw try unknownModel(name, db)
        }
    }

    private func find(digest: String, _ db: Database) throws -> ModelVersion? {
        // A range instead of LIKE, which would not use the index; `g` comes after every hex digit.
        let found = try ModelVersion.fetch(
            db,
            where: "WHERE v.sha256 >= ? AND v.sha256 < ? AND v.state <> 'purged' ORDER BY v.id DESC LIMIT 6",
            [digest, digest + "g"])
        guard Set(found.map(\.sha256)).count <= 1 else {
            let list = found.prefix(5).map { "\($0.reference) (\($0.sha256.prefix(12)))" }.joined(
                separator: ", ")
            throw CellarError(
                .usage,
                "\(digest) is ambiguous: it begins the SHA-256 of \(list)\(found.count > 5 ? " …" : ""). Give more digits."
            )
        }
        return try (found.first { $0.state == .kept } ?? found.first).map(kept)
    }

    private func kept(_ version: ModelVersion) throws(CellarError) -> ModelVersion {
        switch version.state {
        case .kept: return version
        case .deleted:
            throw CellarError(
                .noInput,
                "\(version.reference) was deleted on \(version.deleted ?? "an unknown day"). `registry restore "
                    + "\(version.reference)` brings it back.")
        case .purged:
            throw CellarError(
                .noInput,
                "\(version.reference) was deleted, and its file removed for good. Choose another version.")
        }
    }
}
