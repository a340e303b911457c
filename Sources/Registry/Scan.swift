import Base
import Foundation

/// What lies in the store's folder: every model file with its digest and facts, and what could not be read.
struct Scan {
    var files: [FoundFile] = []
    var unreadable: [(file: String, reason: String)] = []
}

extension ModelFacts? {
    /// The facts with a name and a date, which a file that Cellar did not write does not have.
    func known(as name: String, created: String) -> ModelFacts {
        var facts = self ?? ModelFacts(name: "", created: "", generation: "")
        if facts.name.isEmpty { facts.name = name }
        if facts.created.isEmpty { facts.created = created }
        return facts
    }
}

struct FoundFile {
    /// Relative to the store's folder.
    let file: String
    let digest: Digest
    /// Nil where nothing is known; without name and date where the file was not written by Cellar.
    let facts: ModelFacts?
    /// The facts' date; else the date in the file's name; else when the file was changed.
    let created: String

    var isDeleted: Bool { file.hasPrefix(ModelStore.trash + "/") }

    /// The model's name, where no list has one: the facts' or one made of the file's name.
    var model: String {
        if let name = facts?.name, !name.isEmpty { return Names.model(from: name) }
        return Names.model(from: (file as NSString).lastPathComponent)
    }
}

extension ModelStore {
    /// Model files below the folder, relative to it, in byte order; hidden files and symbolic links are left out.
    func modelFiles() -> [String] {
        var found: [String] = []
        func visit(_ folder: String) {
            let path = folder.isEmpty ? root : root + "/" + folder
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return }
            for name in names where !name.hasPrefix(".") {
                let file = folder.isEmpty ? name : folder + "/" + name
                var status = stat()
                guard unsafe lstat(root + "/" + file, &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: visit(file)
                case S_IFREG where Names.isFileName(name): found.append(file)
                default: break
                }
            }
        }
        visit("")
        return found.sorted()
    }

    /// Temporary files whose process died, relative to the folder.
    func leftovers() -> [String] {
        var found: [String] = []
        for folder in ["", ModelStore.trained + "/"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)) ?? []
            found += names.filter(Disk.isLeftover).map { folder + $0 }
        }
        return found.sorted()
    }

    /// Reads all model files, or those in `files`.
    func scan(_ files: [String]? = nil) -> Scan {
        var result = Scan()
        let listed = Set(NumberList(readingFrom: root).entries.map(\.sha256))
        for file in files ?? modelFiles() {
            do { result.files.append(try examine(file, listed: listed)) } catch {
                result.unreadable.append((file, "\(error)"))
            }
        }
        return result
    }

    /// The scan without files that are gone by now, and with those that came since.
    func update(_ scan: Scan) -> Scan {
        let present = modelFiles()
        let seen = Set(scan.files.map(\.file) + scan.unreadable.map(\.file))
        var result = self.scan(present.filter { !seen.contains($0) })
        let still = Set(present)
        result.files += scan.files.filter { still.contains($0.file) }
        result.unreadable += scan.unreadable.filter { still.contains($0.file) }
        return result
    }

    /// - listed: SHA-256 of the files that were registered once, and need no guardian.
    private func examine(_ file: String, listed: Set<String>) throws -> FoundFile {
        let path = path(of: file)
        let digest = try digest(ofFile: path)
        if !listed.contains(digest.sha256) { try guardian(URL(fileURLWithPath: path)) }
        let facts = try reader(URL(fileURLWithPath: path))
        return FoundFile(file: file, digest: digest, facts: facts, created: created(facts, path: path))
    }

    func created(_ facts: ModelFacts?, path: String) -> String {
        if let created = facts?.created, !created.isEmpty { return created }
        return Timestamp.inFileName((path as NSString).lastPathComponent)
            ?? Timestamp.of(secondsSince1970: Disk.modified(path) ?? 0)
    }
}
