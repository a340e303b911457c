import GRDB

/// The tables of the index. A released migration is never edited; add the next one below it and increment `version`.
enum Schema {
    /// The value of SQLite's `user_version` after all migrations. Reading it takes microseconds.
    static let version = 3

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: the store") { db in
            try db.execute(sql: first)
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("2: the identity of each file") { db in
            // A file whose identity is this one has the registered digest; see `FileIdentity`. NULL where nobody looked.
            try db.execute(sql: "ALTER TABLE version ADD COLUMN identity TEXT; PRAGMA user_version = 2")
        }
        // Immediate: a check of the whole database afterwards would take as long as the migration.
        migrator.registerMigration("3: search by hyper-parameters", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: third)
            try db.fillParameters()
            // Made from all rows at once, an index takes a fraction of the time.
            try db.execute(sql: thirdIndexes)
            try db.execute(sql: "PRAGMA user_version = 3")
        }
        return migrator
    }

    /// Migrates an index that other processes may be migrating at the same time: one of them does it.
    static func migrate(_ queue: DatabaseQueue) throws {
        do { try migrator.migrate(queue) } catch {
            // GRDB reads the list of migrations before it waits for the lock, and then finds them done.
            let found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            guard found >= version else { throw error }
        }
    }

    private static let third = """
        CREATE TABLE param (           -- hyper-parameters, facts of the data set (dataset.path …), run
            version INTEGER NOT NULL REFERENCES version(id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            text TEXT NOT NULL,        -- the value; JSON where it is no text
            number REAL,               -- the value if it is a number
            PRIMARY KEY (version, name)
        ) WITHOUT ROWID;
        """
    private static let thirdIndexes = """
        CREATE INDEX param_by_number ON param(name, number) WHERE number IS NOT NULL;
        CREATE INDEX param_by_text ON param(name, text COLLATE NOCASE);
        """

    // `version` is narrow because lists scan it. Details of one version are in `facts`, as the JSON of the model file,
    // where SQLite's JSON functions can query them:
    //   SELECT json_extract(json, '$.history.val_loss') FROM facts WHERE version = 12
    private static let first = """
        CREATE TABLE model (
            name TEXT PRIMARY KEY,
            last_number INTEGER NOT NULL  -- the highest ever given: numbers are not used again
        ) WITHOUT ROWID;

        CREATE TABLE version (
            id INTEGER PRIMARY KEY,
            model TEXT NOT NULL REFERENCES model(name),
            number INTEGER NOT NULL CHECK (number > 0),
            file TEXT NOT NULL,        -- relative to the store's folder
            sha256 TEXT NOT NULL,      -- of the file's bytes, lower-case hex
            size INTEGER NOT NULL,     -- bytes
            created TEXT NOT NULL,     -- ISO 8601, UTC
            generation TEXT NOT NULL,  -- which Keras layout, '' where unknown
            architecture TEXT NOT NULL,
            trainable INTEGER NOT NULL,
            non_trainable INTEGER NOT NULL,
            task TEXT,
            seed INTEGER,
            training_seconds REAL,
            state TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'deleted', 'purged')),
            deleted TEXT,              -- when
            UNIQUE (model, number)
        );
        CREATE UNIQUE INDEX version_by_file ON version(file) WHERE state <> 'purged';
        CREATE INDEX version_by_model ON version(model, number) WHERE state = 'kept';
        CREATE INDEX version_by_digest ON version(sha256);
        CREATE INDEX version_by_time ON version(created) WHERE state = 'kept';

        CREATE TABLE facts (
            version INTEGER PRIMARY KEY REFERENCES version(id) ON DELETE CASCADE,
            json TEXT NOT NULL
        );

        CREATE TABLE metric (
            version INTEGER NOT NULL REFERENCES version(id) ON DELETE CASCADE,
            name TEXT NOT NULL,        -- accuracy (train), val_accuracy, test_accuracy
            value REAL,                -- NULL where it is not a number
            PRIMARY KEY (version, name)
        ) WITHOUT ROWID;
        CREATE INDEX metric_by_value ON metric(name, value);

        CREATE TABLE parent (
            version INTEGER NOT NULL REFERENCES version(id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            kind TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            reference TEXT NOT NULL,
            PRIMARY KEY (version, position)
        ) WITHOUT ROWID;
        CREATE INDEX parent_by_digest ON parent(sha256);

        CREATE TABLE alias (           -- where each alias points now
            model TEXT NOT NULL,
            name TEXT NOT NULL,
            number INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            PRIMARY KEY (model, name)
        ) WITHOUT ROWID;

        CREATE TABLE alias_move (      -- every move ever made, oldest first
            id INTEGER PRIMARY KEY,
            model TEXT NOT NULL,
            alias TEXT NOT NULL,
            number INTEGER,            -- NULL where the alias was taken away
            sha256 TEXT,
            time TEXT NOT NULL,
            reason TEXT NOT NULL,
            is_rollback INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX alias_move_by_alias ON alias_move(model, alias);

        CREATE TABLE tag (
            version INTEGER NOT NULL REFERENCES version(id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (version, key)
        ) WITHOUT ROWID;

        CREATE TABLE note (            -- what the store has to remember of itself
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) WITHOUT ROWID;
        """
}
