import Base
import Foundation
import GRDB

/// A version on its way into the index.
struct NewVersion {
    var model: String
    var file: String
    var digest: Digest
    var created: String
    /// Facts of a file which has none are empty but for name and date.
    var facts: ModelFacts
    var importedFrom: String?
    var deleted: String?
}

extension Database {
    /// Takes the next number of a model. Numbers that were given stay given, also when their version is gone.
    func takeNumber(of model: String) throws -> Int {
        let statement = try cachedStatement(
            sql: """
                INSERT INTO model (name, last_number) VALUES (?, 1)
                ON CONFLICT (name) DO UPDATE SET last_number = last_number + 1 RETURNING last_number
                """)
        return try Int.fetchOne(statement, arguments: [model]) ?? 1
    }

    /// Notes that a number was given, as a list says.
    func reserveNumber(_ number: Int, of model: String) throws {
        try cachedStatement(
            sql: """
                INSERT INTO model (name, last_number) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET last_number = max(last_number, excluded.last_number)
                """
        ).execute(arguments: [model, number])
    }

    /// Writes all rows of a version whose number is settled; returns its id.
    @discardableResult
    func insert(_ new: NewVersion, number: Int) throws -> Int64 {
        let facts = new.facts
        try cachedStatement(
            sql: """
                INSERT INTO version (model, number, file, sha256, size, created, generation, architecture, trainable,
                    non_trainable, task, seed, training_seconds, state, deleted)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            new.model, number, new.file, new.digest.sha256, new.digest.size, new.created, facts.generation,
            facts.architecture, facts.trainableParameters, facts.nonTrainableParameters, facts.task?.rawValue,
            facts.seed, facts.trainingSeconds, new.deleted == nil ? "kept" : "deleted", new.deleted,
        ])
        let id = lastInsertedRowID
        try cachedStatement(sql: "INSERT INTO facts (version, json) VALUES (?, ?)")
            .execute(arguments: [id, facts.json.text()])
        let metric = try cachedStatement(
            sql: "INSERT OR REPLACE INTO metric (version, name, value) VALUES (?, ?, ?)")
        for value in facts.metrics {
            // SQLite has no NaN; NULL keeps such a version out of every comparison.
            try metric.execute(arguments: [id, MetricName.of(value), value.value.isNaN ? nil : value.value])
        }
        let parent = try cachedStatement(
            sql: "INSERT INTO parent (version, position, kind, sha256, reference) VALUES (?, ?, ?, ?, ?)")
        var parents = facts.parents
        if let path = new.importedFrom {
            parents.append(.init(kind: .importedFrom, sha256: new.digest.sha256, reference: path))
        }
        for (position, value) in parents.enumerated() {
            try parent.execute(arguments: [id, position, value.kind.rawValue, value.sha256, value.reference])
        }
        return id
    }
}

extension ModelStore {
    /// Registers a model file that lies in the store already, under the next number of `facts.name`. A file that is
    /// registered already stays as it is, and its version is returned.
    ///
    /// It is in the index when this returns, whatever becomes of this process; see `Index` for a power cut.
    @discardableResult
    public func register(_ file: URL, facts: ModelFacts) throws(CellarError) -> ModelVersion {
        let path = file.standardizedFileURL.path
        guard path.hasPrefix(root + "/") else {
            throw CellarError(
                .usage, "cannot register \(path): it lies outside the store \(root). Use `registry import`.",
                file: path)
        }
        try Names.checkModel(facts.name)
        let digest = try digest(ofFile: path)
        try Disk.setMode(0o444, of: path)
        return try register(
            NewVersion(
                model: facts.name, file: String(path.dropFirst(root.count + 1)), digest: digest,
                created: facts.created, facts: facts))
    }

    func register(_ new: NewVersion) throws(CellarError) -> ModelVersion {
        let index = try writableIndex()
        return try index.write("register \(path(of: new.file))") { db in
            if let known = try ModelVersion.fetchOne(
                db, where: "WHERE v.file = ? AND v.state <> 'purged'", [new.file])
            {
                guard known.sha256 == new.digest.sha256 else {
                    throw CellarError(
                        .badData,
                        "\(path(of: new.file)) is registered as \(known.reference) with other content. Run `registry "
                            + "verify`.", file: path(of: new.file))
                }
                return known
            }
            let number = try db.takeNumber(of: new.model)
            let id = try db.insert(new, number: number)
            // Last, under the index's lock: lines come in the order of the numbers, and a line that cannot be
            // written takes the registration back.
            try NumberList.append(
                .init(
                    model: new.model, number: number, sha256: new.digest.sha256, file: new.file,
                    importedFrom: new.importedFrom), in: root)
            guard let version = try ModelVersion.fetchOne(db, where: "WHERE v.id = ?", [id]) else {
                throw CellarError(
                    .inputOutput, "the index lost \(new.model):\(number) while it was written.")
            }
            return version
        }
    }
}
