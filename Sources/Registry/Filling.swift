import Base
import Foundation
import GRDB

/// What is known of a store's versions beside what their files tell.
struct Remembered {
    var numbers: NumberList
    var sidecar: Sidecar?
    /// The highest number of each model.
    var lastNumbers: [String: Int] = [:]

    init(numbers: NumberList, sidecar: Sidecar?) { (self.numbers, self.sidecar) = (numbers, sidecar) }

    /// Adds what an older index knows; its numbers hold against the list's.
    mutating func add(_ db: Database) throws {
        for entry in try NumberList.fetch(db) { numbers.add(entry) }
        for row in try Row.fetchAll(db, sql: "SELECT name, last_number FROM model") {
            lastNumbers[row[0]] = row[1]
        }
        if sidecar == nil { sidecar = try Sidecar(db) }
    }
}

extension ModelStore {
    /// Puts everything found into an index of empty tables.
    func fill(_ db: Database, with found: Scan, _ old: Remembered) throws {
        for entry in old.numbers.entries { try db.reserveNumber(entry.number, of: entry.model) }
        for (model, number) in old.lastNumbers { try db.reserveNumber(number, of: model) }

        var listed = Dictionary(grouping: old.numbers.entries, by: \.sha256)
        /// The list's entry for a file: the one of its name where the same bytes were registered twice.
        func takeEntry(_ file: FoundFile) -> NumberList.Entry? {
            guard let entries = listed[file.digest.sha256], !entries.isEmpty else { return nil }
            let name = (file.file as NSString).lastPathComponent
            let position = entries.firstIndex { ($0.file as NSString).lastPathComponent == name } ?? 0
            return listed[file.digest.sha256]?.remove(at: position)
        }

        for file in found.files.sorted(by: { ($0.created, $0.file) < ($1.created, $1.file) }) {
            let entry = takeEntry(file)
            let model = entry?.model ?? file.model
            let number = try entry?.number ?? db.takeNumber(of: model)
            let facts = file.facts.known(as: model, created: file.created)
            // Git knows no read-only files. Where we may not do it either, it does not matter.
            try? Disk.setMode(0o444, of: path(of: file.file))
            let deleted = file.isDeleted ? Timestamp.now() : nil
            try db.insert(
                NewVersion(
                    model: model, file: file.file, digest: file.digest, created: file.created, facts: facts,
                    importedFrom: entry?.importedFrom, deleted: deleted), number: number)
        }
        try old.sidecar?.restore(in: db)
    }
}
