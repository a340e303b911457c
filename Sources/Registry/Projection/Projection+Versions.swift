import Base
import GRDB

// Registrations, and which number and file each version has in this store.
//
// Two copies of a store may give the same number to different models. Then this store keeps its own; a version of another
// log waits without a number until `adopted` gives it one. `ModelStore.settleNumbers` writes those events.

extension Projection {
    func register(_ event: Event, of log: String) throws {
        let key = try VersionKey(json: .object(event.content), event)
        guard let file = event["file"]?.string, Limits.isFile(file), let size = event["size"]?.int,
            (0...1 << 53).contains(size)
        else { throw event.problem("a file in the store, and its size") }
        // Two copies of a store have the same version if both began their logs from one list, or merged.
        if try key.registered(db) != nil { return }
        var facts =
            event["facts"].flatMap(ModelFacts.init(json:))
            ?? ModelFacts(name: "", created: "", generation: "")
        if facts.name.isEmpty { facts.name = key.model }
        facts = facts.bounded.dated(registeredAt: event.date)
        try reserve(key.number, of: key.model)
        let holder = try id(ofNumber: key.number, in: key.model)
        var number: Int? = key.number
        if let holder {
            if log == own, try originOf(holder) != own {
                try setNumber(nil, of: holder)
            } else {
                number = nil
            }
        }
        var place = file
        if let other = try id(ofFile: file, not: key.sha256) {
            if log == own, try originOf(other) != own {
                try moveAway(other)
            } else {
                place = Self.otherName(file, key.sha256)
            }
        }
        let imported = event["imported_from"]?.string.map { Limits.cut($0, to: Limits.text) }
        try db.insert(
            NewVersion(
                key: key, number: number, file: place, claimedFile: file, size: size, facts: facts,
                json: event["facts"] ?? facts.json,
                text: event.factsText, importedFrom: imported, origin: log))
    }

    /// Gives a version a number or a file that differs from those in its registration.
    func adopt(_ event: Event, of log: String) throws {
        let id = try id(of: event, in: log)
        let isOwn = log == own
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT model, number, origin, is_placed FROM version WHERE id = ?", arguments: [id])
        else { return }
        let (model, current, origin, isPlaced): (String, Int?, String, Bool) = try (
            row.value(0), row.value(1), row.value(2), row.value(3)
        )
        guard event["file"]?.string.map(Limits.isFile) ?? true else {
            throw event.problem("a file in the store")
        }
        guard event["number"]?.int.map((1...Limits.number).contains) ?? true else {
            throw event.problem("a number")
        }
        // What this copy of the store decided stays.
        guard isOwn || origin != own && !isPlaced else { return }
        if let file = event["file"]?.string {
            let other = try self.id(ofFile: file, not: event["sha256"]?.string ?? "")
            if isOwn, let other { try moveAway(other) }
            if isOwn || other == nil { try setFile(file, of: id) }
        }
        if isOwn { try db.execute(sql: "UPDATE version SET is_placed = 1 WHERE id = ?", arguments: [id]) }
        guard let number = event["number"]?.int, number != current else { return }
        let holder = try self.id(ofNumber: number, in: model)
        if let holder {
            guard isOwn else { return }
            try setNumber(nil, of: holder)
        }
        try reserve(number, of: model)
        try setNumber(number, of: id)
        if let current { try giveBack(current, of: model) }
    }

    // MARK: Files with one name

    /// The path of a version whose file has the name of another version's: `Model_…_.h5` becomes `Model_…_-1a2b3c4d.h5`.
    static func otherName(_ file: String, _ sha256: String) -> String {
        let suffix = FileSystem.suffix(of: file)
        return "\(file.dropLast(suffix.utf8.count + 1))-\(sha256.prefix(8)).\(suffix)"
    }

    private func id(ofFile file: String, not sha256: String) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: "SELECT id FROM version WHERE file = ? AND sha256 <> ? AND state <> 'purged' LIMIT 1")
        return try Int64.fetchOne(statement, arguments: [file, sha256])
    }

    private func moveAway(_ id: Int64) throws {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT file, sha256 FROM version WHERE id = ?", arguments: [id])
        else { return }
        // The path is for the caller, not for who else claims it.
        try db.execute(
            sql: "UPDATE version SET file = ? WHERE id = ?",
            arguments: [Self.otherName(row.value(0), row.value(1)), id])
    }

    /// Sets a version's path; a version that claims the one that became free gets it.
    private func setFile(_ file: String, of id: Int64) throws {
        let old = try String.fetchOne(db, sql: "SELECT file FROM version WHERE id = ?", arguments: [id])
        guard let old, old != file else { return }
        try db.execute(sql: "UPDATE version SET file = ? WHERE id = ?", arguments: [file, id])
        try db.execute(
            sql: """
                UPDATE version SET file = ?1 WHERE id = (
                    SELECT id FROM version WHERE claimed_file = ?1 AND file <> ?1 AND is_placed = 0 AND id <> ?2
                    AND NOT EXISTS (SELECT 1 FROM version o WHERE o.file = ?1) ORDER BY id LIMIT 1)
                """, arguments: [old, id])
    }

    /// Gives a number that became free to the first version that claims it and has none.
    private func giveBack(_ number: Int, of model: String) throws {
        let waiting = try Int64.fetchOne(
            db,
            sql:
                "SELECT id FROM version WHERE model = ? AND claimed = ? AND number IS NULL ORDER BY id LIMIT 1",
            arguments: [model, number])
        if let waiting { try setNumber(number, of: waiting) }
    }

    /// Sets the number in this store; aliases that point to the version follow.
    func setNumber(_ number: Int?, of id: Int64) throws {
        try db.cachedStatement(sql: "UPDATE version SET number = ? WHERE id = ?").execute(arguments: [
            number, id,
        ])
        guard let number else { return }
        try db.execute(
            sql: """
                UPDATE alias SET number = ?1 WHERE move IN (
                    SELECT m.id FROM version v JOIN alias_move m ON m.model = v.model AND m.version = v.id
                    WHERE v.id = ?2)
                """, arguments: [number, id])
    }

    /// Records that a number is in use.
    func reserve(_ number: Int, of model: String) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO model (name, last_number) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET last_number = max(last_number, excluded.last_number)
                """
        ).execute(arguments: [model, number])
    }

    func id(ofNumber number: Int, in model: String) throws -> Int64? {
        let statement = try db.cachedStatement(sql: "SELECT id FROM version WHERE model = ? AND number = ?")
        return try Int64.fetchOne(statement, arguments: [model, number])
    }

    func originOf(_ id: Int64) throws -> String? {
        try String.fetchOne(db, sql: "SELECT origin FROM version WHERE id = ?", arguments: [id])
    }
}

/// A row of the table `version`, with what belongs to it.
struct NewVersion {
    var key: VersionKey
    /// Nil for a version that waits for a number.
    var number: Int?
    var file: String
    /// The path in the event.
    var claimedFile: String
    var size: Int
    var facts: ModelFacts
    /// The facts as the event has them.
    var json: JSON
    /// The same as text, if that is at hand.
    var text: String?
    var importedFrom: String?
    var origin: String
}

extension Database {
    /// Inserts all rows of a version.
    func insert(_ new: NewVersion) throws {
        let facts = new.facts
        try cachedStatement(
            sql: """
                INSERT INTO version (model, number, file, sha256, size, created, generation, architecture, trainable,
                    non_trainable, task, seed, training_seconds, claimed_model, claimed, claimed_file, origin)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            new.key.model, new.number, new.file, new.key.sha256, new.size, facts.created, facts.generation,
            facts.architecture, facts.trainableParameters, facts.nonTrainableParameters, facts.task?.rawValue,
            facts.seed, facts.trainingSeconds, new.key.model, new.key.number, new.claimedFile, new.origin,
        ])
        let id = lastInsertedRowID
        try cachedStatement(sql: "INSERT INTO facts (version, run, is_checkpoint, json) VALUES (?, ?, ?, ?)")
            .execute(arguments: [id, facts.run, facts.isCheckpoint, new.text ?? new.json.text()])
        try insertParameters(of: id, new.json)
        let metric = try cachedStatement(
            sql: "INSERT OR REPLACE INTO metric (version, name, value) VALUES (?, ?, ?)")
        for value in facts.metrics {
            // SQLite has no NaN; NULL excludes the version from every comparison.
            try metric.execute(arguments: [id, MetricName.of(value), value.value.isNaN ? nil : value.value])
        }
        var parents = facts.parents
        if let path = new.importedFrom {
            parents.append(.init(kind: .importedFrom, sha256: new.key.sha256, reference: path))
        }
        if facts.isCheckpoint, let run = facts.run {
            parents.append(.init(kind: .checkpointOf, sha256: "", reference: run))
        }
        let parent = try cachedStatement(
            sql: "INSERT INTO parent (version, position, kind, sha256, reference) VALUES (?, ?, ?, ?, ?)")
        for (position, value) in parents.enumerated() {
            try parent.execute(arguments: [id, position, value.kind.rawValue, value.sha256, value.reference])
        }
    }
}
