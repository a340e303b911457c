import Base
import Foundation
import GRDB

/// A parsed model reference: `mnist` (the newest version), `mnist:12`, `mnist@best`, a file, or at least the first 8
/// digits of a file's SHA-256.
enum Reference: Equatable {
    case number(model: String, Int)
    case alias(model: String, String)
    case file(String)
    /// A model's newest version, digits of a SHA-256 or a file in the working folder; the store decides.
    case plain(String)

    init(_ text: String) throws(CellarError) {
        // Not `contains("/")`, which is Foundation's and slow at the first call.
        if text.utf8.contains(UInt8(ascii: "/")) || Names.isFileName(text) {
            self = .file(text)
        } else if let at = text.firstIndex(of: "@") {
            self = .alias(model: String(text[..<at]), String(text[text.index(after: at)...]))
        } else if let colon = text.firstIndex(of: ":") {
            let digits = text[text.index(after: colon)...]
            guard let number = Int(digits), number > 0, digits.utf8.allSatisfy({ (48...57).contains($0) })
            else {
                throw CellarError(
                    .usage,
                    "invalid version \"\(text)\": expected a number after the colon, such as mnist:12.",
                    remedy: "Write an alias with @, such as mnist@best.")
            }
            self = .number(model: String(text[..<colon]), number)
        } else if text.isEmpty {
            throw CellarError(
                .usage,
                "expected a model, such as mnist, mnist:12, mnist@best or a file; found an empty name.")
        } else {
            self = .plain(text)
        }
    }

    /// Returns the text in lower case if it can be the beginning of a SHA-256 in hex.
    static func digestPrefix(_ text: String) -> String? {
        let lower = text.lowercased()
        guard (8...64).contains(lower.utf8.count) else { return nil }
        return lower.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) } ? lower : nil
    }
}

/// The target of a reference.
public enum Resolved: Equatable, Sendable {
    case version(ModelVersion)
    /// A file that is not registered in this store.
    case file(URL)
}

/// The model file of a reference, with the data needed to load it.
public struct ModelLocation: Equatable, Sendable {
    public let path: String
    /// The reference, such as `mnist:12`, or the path as it was given.
    public let reference: String
    /// The registered SHA-256; nil for a file that is not registered.
    public let sha256: String?
    /// The text of the file's identity when its digest was last found to be `sha256`.
    public let identity: String?
    /// The key whose signature the alias that was asked for requires, in PEM.
    public var publicKey: String?

    public var url: URL { URL(fileURLWithPath: path, isDirectory: false) }
}

extension ModelStore {
    /// Resolves a reference. The error for an unknown one suggests names that exist.
    public func resolve(_ reference: String) throws(CellarError) -> Resolved {
        let parsed = try Reference(reference)
        if !FileSystem.isFolder(root) {
            if case .file(let path) = parsed { return .file(try existingFile(path)) }
            if isFile(reference) { return .file(try existingFile(reference)) }
            if case .plain = parsed, reference.dropFirst().contains(".") {
                throw CellarError(
                    .noInput, "no such model file, and there is no store \(root).", file: reference)
            }
        }
        let found = try read("look up \(reference)") { try find(parsed, text: reference, $0) }
        if let found { return .version(found) }
        // Only files are left.
        return .file(try existingFile(reference))
    }

    /// Returns the version of a reference; throws for a file that is not registered.
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

    /// Returns the version of a reference whose file is to be used: it is there, and has the signature that an alias requires.
    func usableVersion(_ reference: String) throws(CellarError) -> ModelVersion {
        let version = try version(reference)
        try checkFile(of: version)
        if case .alias(let model, let alias) = try Reference(reference) {
            try checkSignature(of: version, requiredBy: policy(model: model, alias: alias))
        }
        return version
    }

    /// Returns the training run of a version: of its result or one of its checkpoints.
    public func run(of reference: String) throws(CellarError) -> (model: String, run: String) {
        let version = try version(reference)
        let run = try read("look up the run of \(version.reference)") { db in
            try String.fetchOne(
                db, sql: "SELECT run FROM facts WHERE version = ?", arguments: [version.id(db)])
        }
        guard let run else {
            throw CellarError(
                .badData,
                "\(version.reference) was not made by a run of this program, or by an early version of it.")
        }
        return (version.model, run)
    }

    /// Returns the file of a reference. A registered file exists and has the registered size.
    public func file(of reference: String) throws(CellarError) -> ModelLocation {
        if let query = VersionQuery(try Reference(reference)), let found = findQuickly(query) { return found }
        switch try resolve(reference) {
        case .file(let url):
            return ModelLocation(path: url.path, reference: reference, sha256: nil, identity: nil)
        case .version(let found):
            var location = try location(of: found)
            if case .alias(let model, let alias) = try Reference(reference) {
                location.publicKey = try policy(model: model, alias: alias)
            }
            return location
        }
    }

    /// Returns the file with these bytes that a version has, also a deleted one: a collection keeps what other versions came from.
    /// Nil if there is none.
    public func file(withDigest sha256: String) throws(CellarError) -> ModelLocation? {
        let versions = try read("look up a file") { db in
            try ModelVersion.fetchBare(
                db, where: "WHERE v.sha256 = ? AND v.state <> 'purged' ORDER BY v.state = 'kept' DESC, v.id",
                [sha256])
        }
        return try versions.first(where: has).map(location)
    }

    private func location(of version: ModelVersion) throws(CellarError) -> ModelLocation {
        try checkFile(of: version)
        return ModelLocation(
            path: path(of: version.file), reference: version.reference, sha256: version.sha256,
            identity: version.identity)
    }

    /// Returns the file of a model's version with the alias `best`, or of its newest; nil if there is neither.
    public func bestFile(of model: String) throws(CellarError) -> ModelLocation? {
        let best = VersionQuery(bestOf: model)
        if let found = findQuickly(best) { return found }
        // The newest version stands in for a best one whose file is missing, too.
        for query in [best, VersionQuery(newestOf: model)] {
            do throws(CellarError) {
                let found = try read("look up \(model)") { try ModelVersion.fetchOne($0, query) }
                if let found {
                    // Required of the newest, too, where it stands in.
                    var location = try location(of: found)
                    location.publicKey = try policy(model: model, alias: "best")
                    return location
                }
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
        guard isInside(version.file) else {
            throw CellarError(
                .badData, "the file of \(version.reference) is not in the store: its path leads out of it.",
                file: path,
                remedy: "Remove the link, or put the file itself there.")
        }
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

    /// Whether a path relative to the store stays in it: no `..`, and no link on the way. The store itself may be a link.
    func isInside(_ file: String) -> Bool {
        // Bytes: `split` and appending substrings look for conformances at run time, a tenth of a millisecond.
        let (bytes, slash, dot) = (Array(file.utf8), UInt8(ascii: "/"), UInt8(ascii: "."))
        var start = 0
        for end in 0...bytes.count where end == bytes.count || bytes[end] == slash {
            let length = end - start
            let isDots = length <= 2 && !bytes[start..<end].contains { $0 != dot }
            if isDots { return false }
            var about = stat()
            // What does not exist leads nowhere.
            guard unsafe lstat(root + "/" + String(decoding: bytes[..<end], as: UTF8.self), &about) == 0
            else {
                return errno == ENOENT
            }
            if about.st_mode & S_IFMT == S_IFLNK { return false }
            start = end + 1
        }
        return true
    }

    /// Whether something that may be a model is there, whatever its name: a file, or a folder that is a SavedModel.
    private func isFile(_ path: String) -> Bool { FileSystem.size(ofFile: path) != nil || isSavedModel(path) }

    private func isSavedModel(_ path: String) -> Bool {
        ["saved_model.pb", "saved_model.pbtxt", "keras_metadata.pb"].contains {
            FileSystem.exists("\(path)/\($0)")
        }
    }

    private func existingFile(_ path: String) throws(CellarError) -> URL {
        if isSavedModel(path) {
            throw CellarError(
                .badData, "this is a TensorFlow SavedModel, not a Keras model file.", file: path,
                remedy:
                    "Load it in Keras and save it again: model.save(\"model.keras\") or model.save(\"model.h5\")."
            )
        }
        if FileSystem.isFolder(path) {
            throw CellarError(
                .noInput, "expected a model file, found a folder.", file: path)
        }
        guard FileSystem.size(ofFile: path) != nil else {
            throw CellarError(.noInput, "no such model file.", file: path)
        }
        return URL(fileURLWithPath: path)
    }

    /// Finds the version of a reference; nil if it can only be a file.
    func find(_ reference: Reference, text: String, _ db: Database) throws -> ModelVersion? {
        if let query = VersionQuery(reference), let found = try ModelVersion.fetchOne(db, query) {
            return try kept(found)
        }
        switch reference {
        case .number where isFile(text), .alias where isFile(text): return nil
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
            if isFile(name) { return nil }
            throw try unknownModel(name, db)
        }
    }

    private func find(digest: String, _ db: Database) throws -> ModelVersion? {
        // A range uses the index, LIKE would not; `g` sorts after every hex digit.
        let found = try ModelVersion.fetch(
            db,
            where: "WHERE v.sha256 >= ? AND v.sha256 < ? AND v.state <> 'purged' ORDER BY v.id DESC LIMIT 6",
            [digest, digest + "g"])
        guard Set(found.map(\.sha256)).count <= 1 else {
            let list = found.prefix(5).map { "\($0.reference) (\($0.sha256.prefix(12)))" }.joined(
                separator: ", ")
            throw CellarError(
                .usage,
                "\(digest) is ambiguous: the SHA-256 of \(list)\(found.count > 5 ? " …" : "") start with it.",
                remedy: "Use more digits.")
        }
        return try (found.first { $0.state == .kept } ?? found.first).map(kept)
    }

    private func kept(_ version: ModelVersion) throws(CellarError) -> ModelVersion {
        switch version.state {
        case .kept: return version
        case .deleted:
            throw CellarError(
                .noInput,
                "\(version.reference) was deleted\(version.deleted.map { " on \($0)" } ?? "").",
                remedy: "Run `registry restore \(version.reference)` to bring it back.")
        case .purged:
            throw CellarError(
                .noInput,
                "\(version.reference) was deleted, and `registry gc` removed its file permanently.",
                remedy: "Choose another version.")
        }
    }
}
