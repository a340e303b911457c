import Base
import Foundation

extension ModelStore {
    /// Copies a version's file to `target`, and checks its SHA-256 on the way unless the caller has checked it.
    public func export(
        _ reference: String, to target: URL, overwrite: Bool = false, isChecked: Bool = false
    ) throws -> ModelVersion {
        let version = try usableVersion(reference)
        let path = path(of: version.file)
        try export(
            to: target, named: FileSystem.name(of: path), overwrite: overwrite, hashing: !isChecked
        ) { output in
            try output.copy(fileAt: path)
            if isChecked { return }
            try check(output.digest.sha256, is: version.sha256, of: version.reference, path: path)
        }
        return version
    }

    /// Writes a file outside the store atomically; `write` fills it. If `target` is a folder, the file is created
    /// there under `name`.
    public func export(
        to target: URL, named name: String, overwrite: Bool, hashing: Bool = false,
        write: (inout AtomicFile) throws -> Void
    ) throws {
        let path = (FileSystem.isFolder(target.path) ? target.appendingPathComponent(name) : target)
            .standardizedFileURL.path
        let folder = FileSystem.folder(of: path)
        guard FileSystem.isFolder(folder) else {
            throw CellarError(
                .cannotCreate, "cannot export: no such folder: \(folder)", file: path,
                remedy: "Create the folder first.")
        }
        if !overwrite, FileSystem.size(ofFile: path) != nil { throw exists(path) }
        guard FileSystem.isWritable(folder) else {
            throw CellarError(
                .cannotCreate, "cannot export: no permission to write to the folder \(folder).", file: path,
                remedy: "Choose another folder, or change its permissions.")
        }
        var output = try AtomicFile(path, hashing: hashing)
        try write(&output)
        if overwrite {
            try output.commit()
        } else if try !output.commitNew() {
            throw exists(path)
        }
    }

    /// Throws where the SHA-256 of a registered file is not the registered one, or it lacks the signature that its alias requires.
    public func check(_ file: ModelLocation) throws(CellarError) {
        try checkSignature(of: file)
        guard let expected = file.sha256 else { return }
        try check(FileDigest(ofFile: file.path).sha256, is: expected, of: file.reference, path: file.path)
    }

    private func check(
        _ found: String, is expected: String, of reference: String, path: String
    ) throws(CellarError) {
        guard found != expected else { return }
        throw CellarError(
            .badData,
            "the file of \(reference) is damaged: its SHA-256 is \(found), expected \(expected). Nothing was exported.",
            file: path, remedy: "Run `registry verify`.")
    }

    private func exists(_ path: String) -> CellarError {
        CellarError(
            .badData, "cannot export: the file already exists.", file: path,
            remedy: "Use --force to overwrite it.")
    }
}
