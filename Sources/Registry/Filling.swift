import Base
import Foundation
import GRDB

/// Facts about a store's versions that are not in the model files.
struct Remembered {
    var numbers: NumberList
    var sidecar: Sidecar?
    /// The highest number of each model.
    var lastNumbers: [String: Int] = [:]

    init(numbers: NumberList, sidecar: Sidecar?) { (self.numbers, self.sidecar) = (numbers, sidecar) }

    /// Adds the records of an older index. Its numbers override the list's.
    mutating func add(_ db: Database) throws {
        for entry in try NumberList.fetch(db) { numbers.add(entry) }
        for row in try Row.fetchAll(db, sql: "SELECT name, last_number FROM model") {
            lastNumbers[row[0]] = row[1]
        }
        if sidecar == nil { sidecar = try Sidecar(db) }
    }
}

extension ModelStore {
    /// Fills an index with empty tables from a scan.
    func fill(_ db: Database, with found: Scan, _ old: Remembered) throws {
        for entry in old.numbers.entries { try db.reserveNumber(entry.number, of: entry.model) }
        for (model, number) in old.lastNumbers { try db.reserveNumber(number, of: model) }

        var listed = Dictionary(grouping: old.numbers.entries, by: \.sha256)
        /// Takes the list's entry for a file: the one with its name if the same bytes were registered twice.
        func takeEntry(_ file: FoundFile) -> NumberList.Entry? {
            guard let entries = listed[file.digest.sha256], !entries.isEmpty else { return nil }
            let name = FileSystem.name(of: file.file)
            let position = entries.firstIndex { FileSystem.name(of: $0.file) == name } ?? 0
            return listed[file.digest.sha256]?.remove(at: position)
        }

        for file in found.files.sorted(by: { ($0.created, $0.file) < ($1.created, $1.file) }) {
            let entry = takeEntry(file)
            let model = entry?.model ?? file.model
            let number = try entry?.number ?? db.takeNumber(of: model)
            let facts = file.facts.known(as: model, created: file.created)
            // Git does not store the read-only mode. A failure here is harmless.
            if file.identity?.mode != 0o444 { try? FileSystem.setMode(0o444, of: path(of: file.file)) }
            var identity = FileIdentity(ofFile: path(of: file.file))
            if let now = identity, file.identity?.hasContent(of: now) != true { identity = nil }
            let deleted = file.isDeleted ? Timestamp.now() : nil
            try db.insert(
                NewVersion(
                    model: model, file: file.file, digest: file.digest, created: file.created, facts: facts,
                    importedFrom: entry?.importedFrom, deleted: deleted, identity: identity?.text),
                number: number)
        }
        try old.sidecar?.restore(in: db)
    }
}
