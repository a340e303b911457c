import Base
import Foundation

extension ModelStore {
    /// Copies a version's file to `target`, and checks its SHA-256 on the way.
    public func export(_ reference: String, to target: URL, overwrite: Bool = false) throws -> ModelVersion {
        let version = try version(reference)
        try checkFile(of: version)
        let (path, name) = (path(of: version.file), (version.file as NSString).lastPathComponent)
        try export(to: target, named: name, overwrite: overwrite) { temporary in
            let copied = try Disk.copy(path, to: temporary)
            try check(copied.sha256, is: version.sha256, of: version.reference, path: path)
        }
        return version
    }

    /// Makes a file outside of the store, whole or not at all: `write` writes it to the path that it gets. Where `target`
    /// is a folder, it is called `name` there.
    public func export(
        to target: URL, named name: String, overwrite: Bool, write: (String) throws -> Void
    ) throws {
        let path = (Disk.isFolder(target.path) ? target.appendingPathComponent(name) : target)
            .standardizedFileURL.path
        let folder = (path as NSString).deletingLastPathComponent
        guard Disk.isFolder(folder) else {
            throw CellarError(
                .cannotCreate, "cannot export to \(path): there is no folder \(folder).", file: path)
        }
        if !overwrite, Disk.size(ofFile: path) != nil { throw exists(path) }
        let temporary = Disk.temporaryName(in: folder, extension: (path as NSString).pathExtension)
        defer { unsafe unlink(temporary) }
        guard Disk.isWritable(folder) else {
            throw CellarError(
                .cannotCreate, "cannot export to \(path): the folder \(folder) may not be written to.",
                file: path)
        }
        try write(temporary)
        try Disk.flush(temporary)
        if overwrite {
            guard unsafe rename(temporary, path) == 0 else { throw CellarError.system("write", path) }
            try Disk.flush(folder)
            return
        }
        do throws(CellarError) {
            _ = try Disk.publish(temporary, as: [(path as NSString).lastPathComponent])
        } catch {
            throw error.kind == .refused ? exists(path) : error
        }
    }

    /// The SHA-256 of the file behind a reference; an error where it is not the one that was registered.
    public func checkedSHA256(of file: ModelFile) throws(CellarError) -> String {
        let found = try digest(ofFile: file.path).sha256
        if let expected = file.sha256 { try check(found, is: expected, of: file.reference, path: file.path) }
        return found
    }

    private func check(
        _ found: String, is expected: String, of reference: String, path: String
    ) throws(CellarError) {
        guard found != expected else { return }
        throw CellarError(
            .badData,
            "the file of \(reference) is damaged: its SHA-256 is \(found), expected \(expected). Nothing was "
                + "exported; run `registry verify`.", file: path)
    }

    private func exists(_ path: String) -> CellarError {
        CellarError(
            .badData, "cannot export to \(path): that file exists. Say --force to replace it.", file: path)
    }
}
