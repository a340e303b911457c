/// The tables of the index. All of them are made from the logs, so there are no migrations: an index with another version
/// of the schema is made anew. Increment `version` with every change here, and with every change of what is written into the
/// tables.
enum Schema {
    /// The value of SQLite's `user_version`. Versions 1 and 2 belong to stores without logs.
    static let version = 8

    /// The tables that are made from the logs alone.
    static let tables = [
        "called", "renamed", "evaluation", "tag", "param", "parent", "metric", "facts", "alias_move", "alias",
        "version", "model",
        "log",
    ]

    // `version` is narrow because lists scan it. Details of one version are in `facts` as JSON, where SQLite's JSON
    // functions can query them:
    //   SELECT json_extract(json, '$.hyperparameters.learning_rate') FROM facts WHERE version = 12
    static let sql = """
        CREATE TABLE log (             -- how far each log was read
            name TEXT PRIMARY KEY,
            size INTEGER NOT NULL,     -- of the file when it was read last
            applied INTEGER NOT NULL,  -- the position after the last complete line
            lines INTEGER NOT NULL,
            seq INTEGER NOT NULL,      -- of the last event
            clock INTEGER NOT NULL,
            hash TEXT NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE problem (         -- lines of logs that could not be used
            log TEXT NOT NULL,
            line INTEGER NOT NULL,
            message TEXT NOT NULL,
            PRIMARY KEY (log, line)
        ) WITHOUT ROWID;

        CREATE TABLE model (
            name TEXT PRIMARY KEY,
            last_number INTEGER NOT NULL  -- the highest ever given: numbers are not used again
        ) WITHOUT ROWID;

        CREATE TABLE version (
            id INTEGER PRIMARY KEY,    -- in the order of registration
            model TEXT NOT NULL REFERENCES model(name),
            number INTEGER CHECK (number > 0),  -- NULL only within a transaction
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
            identity TEXT,             -- a file with this identity has the registered bytes; see `FileIdentity`
            claimed_model TEXT NOT NULL,  -- the model in the event, which may have another name now
            claimed INTEGER NOT NULL,  -- the number in the event, which another version may have here
            claimed_file TEXT NOT NULL,
            origin TEXT NOT NULL,      -- the log with the event
            is_placed INTEGER NOT NULL DEFAULT 0,  -- whether this store gave it number or file
            UNIQUE (model, number)
        );
        CREATE UNIQUE INDEX version_by_identity ON version(claimed_model, claimed, sha256);
        CREATE INDEX version_by_file ON version(file);
        CREATE INDEX version_by_model ON version(model, number) WHERE state = 'kept';
        CREATE INDEX version_by_digest ON version(sha256);
        CREATE INDEX version_by_time ON version(created) WHERE state = 'kept';

        CREATE TABLE facts (           -- the metadata in the model file, without its history
            version INTEGER PRIMARY KEY REFERENCES version(id),
            run TEXT,                  -- the run that saved it
            is_checkpoint INTEGER NOT NULL,  -- whether the run went on
            json TEXT NOT NULL
        );
        CREATE INDEX facts_by_run ON facts(run) WHERE run IS NOT NULL;

        CREATE TABLE metric (
            version INTEGER NOT NULL REFERENCES version(id),
            name TEXT NOT NULL,        -- accuracy (train), val_accuracy, test_accuracy
            value REAL,                -- NULL where it is not a number
            PRIMARY KEY (version, name)
        ) WITHOUT ROWID;

        CREATE TABLE param (           -- hyper-parameters, facts of the data set (dataset.path …), run
            version INTEGER NOT NULL REFERENCES version(id),
            name TEXT NOT NULL,
            text TEXT NOT NULL,        -- the value; JSON where it is no text
            number REAL,               -- the value if it is a number
            PRIMARY KEY (version, name)
        ) WITHOUT ROWID;

        CREATE TABLE parent (
            version INTEGER NOT NULL REFERENCES version(id),
            position INTEGER NOT NULL,
            kind TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            reference TEXT NOT NULL,
            PRIMARY KEY (version, position)
        ) WITHOUT ROWID;
        CREATE INDEX parent_by_digest ON parent(sha256);
        CREATE INDEX parent_by_reference ON parent(kind, reference);

        CREATE TABLE renamed (         -- names that models had, or have in another copy of the store; oldest first
            id INTEGER PRIMARY KEY,
            old TEXT NOT NULL,
            new TEXT NOT NULL,         -- the name here and now
            UNIQUE (old, new)
        );

        CREATE TABLE called (          -- names that events give to versions, besides the one in the registration
            model TEXT NOT NULL,
            version INTEGER NOT NULL REFERENCES version(id),
            log TEXT NOT NULL,         -- whose event gave the name
            PRIMARY KEY (version, model, log)
        ) WITHOUT ROWID;
        CREATE INDEX called_by_model ON called(model);

        CREATE TABLE alias (           -- where each alias points now
            model TEXT NOT NULL,
            name TEXT NOT NULL,
            number INTEGER,            -- NULL where it was taken away
            sha256 TEXT NOT NULL,
            move INTEGER,              -- the move in effect
            is_protected INTEGER NOT NULL DEFAULT 0,
            public_key TEXT,           -- PEM: whatever it points to must have a signature of this key
            PRIMARY KEY (model, name)
        ) WITHOUT ROWID;

        CREATE TABLE alias_move (      -- every move ever made, oldest first
            id INTEGER PRIMARY KEY,
            model TEXT NOT NULL,
            alias TEXT NOT NULL,
            version INTEGER REFERENCES version(id),  -- NULL where the alias was taken away, or no event registered it
            number INTEGER,            -- as claimed; NULL where the alias was taken away
            sha256 TEXT,
            time TEXT NOT NULL,
            who TEXT NOT NULL,
            command TEXT NOT NULL,
            reason TEXT NOT NULL,
            evidence TEXT,             -- JSON
            is_rollback INTEGER NOT NULL DEFAULT 0,
            below INTEGER,             -- the move that a rollback of this one brings back
            migrated INTEGER           -- its position in the list of a store that had no log
        );
        CREATE INDEX alias_move_by_alias ON alias_move(model, alias);

        CREATE TABLE tag (
            version INTEGER NOT NULL REFERENCES version(id),
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (version, key)
        ) WITHOUT ROWID;

        CREATE TABLE evaluation (      -- metrics measured after training
            version INTEGER NOT NULL REFERENCES version(id),
            time TEXT NOT NULL,
            data TEXT NOT NULL,
            sha256 TEXT NOT NULL,      -- of the data
            json TEXT NOT NULL
        );
        CREATE INDEX evaluation_by_version ON evaluation(version);

        CREATE TABLE note (            -- values of the index itself
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) WITHOUT ROWID;
        """

    /// The whole schema without comments and indentation: every process that opens the index parses this text.
    static var short: String {
        (sql + "\n" + lateIndexes).split(separator: "\n").map { line in
            var line = line.drop { $0 == " " }
            if let comment = line.firstRange(of: "--") { line = line[..<comment.lowerBound] }
            while line.last == " " { line.removeLast() }
            return String(line)
        }.joined(separator: "\n")
    }

    /// Triggers that note a change by another program to what `promote` decides by: Cellar's own connections run no triggers.
    /// Whoever drops one of them changes the schema, and the index is made anew.
    static let triggers = [
        ("metric", "INSERT"), ("metric", "UPDATE"), ("metric", "DELETE"), ("facts", "UPDATE"),
        ("version", "UPDATE"),
        ("version", "DELETE"),
    ].map { table, change in
        "CREATE TRIGGER \(table)_\(change.lowercased()) AFTER \(change) ON \(table) BEGIN "
            + "INSERT OR IGNORE INTO note VALUES ('changed', '\(table)'); END"
    }

    /// Indexes that nothing needs while events are applied: made from all rows at once, they take a fraction of the time.
    static let lateIndexes = """
        CREATE INDEX param_by_number ON param(name, number) WHERE number IS NOT NULL;
        CREATE INDEX param_by_text ON param(name, text COLLATE NOCASE);
        CREATE INDEX metric_by_value ON metric(name, value);
        """
    static let withoutLateIndexes = """
        DROP INDEX IF EXISTS param_by_number; DROP INDEX IF EXISTS param_by_text; DROP INDEX IF EXISTS metric_by_value;
        """
}
