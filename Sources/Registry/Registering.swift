import Base
import Foundation
import GRDB

/// A version to be inserted into the index.
struct NewVersion {
    var model: String
    var file: String
    var digest: FileDigest
    var created: String
    /// The facts; for a file without facts, only name and date are set.
    var facts: ModelFacts
    var importedFrom: String?
    var deleted: String?
    /// The text of the file's identity while its digest is the registered one.
    var identity: String?
}

extension Database {
    /// Takes the next number of a model. Numbers are not reused, even if their version was removed.
    func takeNumber(of model: String) throws -> Int {
        let statement = try cachedStatement(
            sql: """
                INSERT INTO model (name, last_number) VALUES (?, 1)
                ON CONFLICT (name) DO UPDATE SET last_number = last_number + 1 RETURNING last_number
                """)
        return try Int.fetchOne(statement, arguments: [model]) ?? 1
    }

    /// Records that a number is in use.
    func reserveNumber(_ number: Int, of model: String) throws {
        try cachedStatement(
            sql: """
                INSERT INTO model (name, last_number) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET last_number = max(last_number, excluded.last_number)
                """
        ).execute(arguments: [model, number])
    }

    /// Inserts all rows of a version and returns its id.
    @discardableResult
    func insert(_ new: NewVersion, number: Int) throws -> Int64 {
        let facts = new.facts
        try cachedStatement(
            sql: """
                INSERT INTO version (model, number, file, sha256, size, created, generation, architecture, trainable,
                    non_trainable, task, seed, training_seconds, state, deleted, identity)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            new.model, number, new.file, new.digest.sha256, new.digest.size, new.created, facts.generation,
            facts.architecture, facts.trainableParameters, facts.nonTrainableParameters, facts.task?.rawValue,
            facts.seed, facts.trainingSeconds, new.deleted == nil ? "kept" : "deleted", new.deleted,
            new.identity,
        ])
        let id = lastInsertedRowID
        let json = facts.json
        try cachedStatement(sql: "INSERT INTO facts (version, json) VALUES (?, ?)")
            .execute(arguments: [id, json.text()])
        try insertParameters(of: id, json)
        let metric = try cachedStatement(
            sql: "INSERT OR REPLACE INTO metric (version, name, value) VALUES (?, ?, ?)")
        for value in facts.metrics {
            // SQLite has no NaN; NULL excludes the version from every comparison.
            try metric.execute(arguments: [id, MetricName.of(value), value.value.isNaN ? nil : value.value])
        }
        let parent = try cachedStatement(
            sql: "INSERT INTO parent (version, position, kind, sha256, reference) VALUES (?, ?, ?, ?, ?)")
        var parents = facts.parents
        if let path = new.importedFrom {
            parents.append(.init(kind: .importedFrom, sha256: new.digest.sha256, reference: path))
        }
        if facts.isCheckpoint, let run = facts.run {
            parents.append(.init(kind: .checkpointOf, sha256: "", reference: run))
        }
        for (position, value) in parents.enumerated() {
            try parent.execute(arguments: [id, position, value.kind.rawValue, value.sha256, value.reference])
        }
        return id
    }
}

extension ModelStore {
    /// Registers a model file in the store's folder under the next number of `facts.name`. Returns the existing version
    /// if the file is registered already.
    ///
    /// The registration survives a crash of the process; see `Index` for power failures.
    @discardableResult
    public func register(_ file: URL, facts: ModelFacts) throws(CellarError) -> ModelVersion {
        let path = file.standardizedFileURL.path
        guard path.hasPrefix(root + "/") else {
            throw CellarError(
                .usage, "cannot register a file outside the store \(root).", file: path,
                remedy: "Use `registry import`.")
        }
        try Names.checkModel(facts.name)
        try FileSystem.setMode(0o444, of: path)
        let identity = FileIdentity(ofFile: path)
        let digest = try FileDigest(ofFile: path)
        return try register(
            NewVersion(
                model: facts.name, file: String(path.dropFirst(root.count + 1)), digest: digest,
                created: facts.created, facts: facts, identity: identity?.text))
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
                        "the file is registered as \(known.reference) with different content.",
                        file: path(of: new.file), remedy: "Run `registry verify`.")
                }
                return known
            }
            let number = try db.takeNumber(of: new.model)
            let id = try db.insert(new, number: number)
            // Last, under the index's lock: lines are in the order of the numbers, and a failed write undoes the
            // registration.
            try NumberList.append(
                .init(
                    model: new.model, number: number, sha256: new.digest.sha256, file: new.file,
                    importedFrom: new.importedFrom), in: root)
            guard let version = try ModelVersion.fetchOne(db, where: "WHERE v.id = ?", [id]) else {
                throw CellarError(
                    .inputOutput, "cannot read \(new.model):\(number) back from the index.",
                    file: path(of: new.file))
            }
            return version
        }
    }
}
