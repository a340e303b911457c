import Base
import Foundation

extension ModelStore {
    /// Checks the file of a version.
    ///
    /// - Parameter folders: Folders that are known to be in the store; grows.
    func check(_ version: ModelVersion, _ depth: VerifyDepth, _ folders: inout Set<String>) -> Finding? {
        let path = path(of: version.file)
        func finding(_ kind: Finding.Kind, _ message: String, _ fix: String) -> Finding {
            Finding(kind: kind, subject: version.reference, message: message, fix: fix)
        }
        let folder = FileSystem.folder(of: version.file)
        var about = stat()
        // In a folder that was looked at, one call tells all.
        if depth == .quick, folders.contains(folder), unsafe lstat(path, &about) == 0,
            about.st_mode & S_IFMT == S_IFREG, Int(about.st_size) == version.size
        {
            return nil
        }
        if isInside(version.file) { folders.insert(folder) }
        guard folders.contains(folder), isInside(version.file) else {
            return finding(
                .damaged, "\(version.file) leads out of the store by a link", "put the file itself there")
        }
        guard let size = FileSystem.size(ofFile: path) else {
            return finding(
                .missing, "no such file: \(version.file)",
                "restore the file from a backup or git, or delete the version with registry delete \(version.reference)"
            )
        }
        let damaged = "restore the file from a backup or git"
        guard size == version.size else {
            return finding(
                .damaged, "\(version.file) has \(size) bytes, expected \(version.size)", damaged)
        }
        if depth == .quick { return nil }
        do {
            let found = try FileDigest(ofFile: path)
            if found.sha256 != version.sha256 {
                return finding(
                    .damaged, "\(version.file) has SHA-256 \(found.sha256), expected \(version.sha256)",
                    damaged)
            }
        } catch { return finding(.unreadable, "\(error)", "check the file's permissions and the disk") }
        return checkFacts(version)
    }

    /// Compares what the file says of itself with what the log says.
    private func checkFacts(_ version: ModelVersion) -> Finding? {
        func finding(_ kind: Finding.Kind, _ message: String) -> Finding {
            Finding(
                kind: kind, subject: version.reference, message: message,
                fix:
                    "do not trust the version's metrics; run registry log \(version.reference) to see who registered it"
            )
        }
        guard let recorded = try? recordedFacts(of: version) else {
            return Finding(
                kind: .index, subject: version.reference, message: "the index has no facts about it",
                fix: "run registry rebuild")
        }
        do {
            let found = try facts(of: version)
            // A file that Cellar did not write has no facts of its own.
            guard found.architecture != "" || !found.metrics.isEmpty else { return nil }
            // The log has no history to make the curve from.
            let (own, logged) = (Event.summary(of: found, hasCurve: false), Event.summary(of: recorded))
            guard own != logged, own.text() != logged.text() else { return nil }
            let names = own.object?.keys.filter { own[$0]?.text() != logged[$0]?.text() } ?? []
            return finding(.facts, "the log disagrees with \(version.file) on \(shortList(names))")
        } catch { return finding(.unreadable, "\(error)") }
    }

    func unregistered(_ file: String) -> Finding {
        do {
            _ = try examine(file)
            return Finding(
                kind: .unregistered, subject: file, message: "no event names it",
                fix: "run registry import \(path(of: file)), or registry rebuild for all such files")
        } catch {
            return Finding(
                kind: .unreadable, subject: file, message: "\(error)",
                fix: "move the file out of the store, or run registry verify --repair")
        }
    }
}
