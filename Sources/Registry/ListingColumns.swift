import Base
import GRDB

extension ModelStore {
    /// Returns the values of fields, metrics, hyper-parameters and tags, one row for each version in the order of
    /// `names`; nil where a version has no such value. Names are as in a condition.
    ///
    /// Throws if no version has such a name.
    public func values(
        of names: [String], for versions: [ModelVersion]
    ) throws(CellarError) -> [[JSON?]] {
        try read("read \(shortList(names))") { db in
            let subjects = try names.map { name in
                if name == "aliases" || name == "reference" { return FilterSubject?.none }
                guard let subject = try FilterSubject(name, db) else {
                    let (problem, remedy) = try unknownName(name, db)
                    throw CellarError(.usage, problem + ".", remedy: remedy)
                }
                return subject
            }
            return try versions.map { version in
                try zip(names, subjects).map { name, subject in
                    try subject.map { try value(of: name, $0, version, db) }
                        ?? (name == "reference"
                            ? .string(version.reference) : .array(version.aliases.map { .string($0) }))
                }
            }
        }
    }

    /// The values of one version; nil also for unknown names.
    func values(of names: [String], for version: ModelVersion, _ db: Database) throws -> [JSON?] {
        try names.map { name in
            try FilterSubject(name, db).flatMap { try value(of: name, $0, version, db) }
        }
    }

    private func value(
        of name: String, _ subject: FilterSubject, _ version: ModelVersion, _ db: Database
    ) throws -> JSON? {
        func text(_ sql: String, _ name: String) throws -> String? {
            try String.fetchOne(db.cachedStatement(sql: sql), arguments: [version.id(db), name])
        }
        switch subject {
        case .field: return version.field(name)
        case .metric(let name): return version.metric(name).map { .number($0) }
        case .parameter(let name):
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT text, number FROM param WHERE version = ? AND name = ?"),
                arguments: [version.id(db), name])
            guard let row else { return nil }
            let text: String = try row.value(0)
            guard let number: Double = try row.value(1) else { return .string(text) }
            return Int(text).map { .integer($0) } ?? .number(number)
        case .tag(let key):
            return try text("SELECT value FROM tag WHERE version = ? AND key = ?", key).map { .string($0) }
        case .alias: return .array(version.aliases.map { .string($0) })
        case .parent:
            return .array(try parents(of: version, db).map { .string($0.reference) })
        }
    }
}

extension ModelVersion {
    /// The value of a field by its name in conditions; nil where it is not known.
    func field(_ name: String) -> JSON? {
        func known(_ text: String?) -> JSON? { text.flatMap { $0.isEmpty ? nil : .string($0) } }
        return switch name {
        case "version": .integer(number)
        case "size": .integer(size)
        case "parameters": .integer(parameters)
        case "trainable_parameters": .integer(trainableParameters)
        case "non_trainable_parameters": .integer(nonTrainableParameters)
        case "seed": seed.map { .integer($0) }
        case "training_seconds": trainingSeconds.map { .number($0) }
        case "model", "name": .string(model)
        case "task": task.map { .string($0.rawValue) }
        case "generation": known(generation)
        case "architecture": known(architecture)
        case "sha256": .string(sha256)
        case "file": .string(file)
        case "state": .string(state.rawValue)
        case "created": .string(created)
        case "deleted": known(deleted)
        default: nil
        }
    }
}
