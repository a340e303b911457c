import Base
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

@Test("2,000 random conditions select what a direct evaluation selects", arguments: [true, false])
func randomFilters(withCandidates: Bool) throws {
    var random = SplitMix(state: withCandidates ? 14 : 15)
    var versions: [PlainVersion] = []
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        try store.index().write("fill") { db in
            for i in 0..<300 { versions.append(try insert(i, db, &random)) }
        }
        var (selected, decided, fromIndex) = (0, 0, 0)
        try store.index().read("search") { db in
            for i in 0..<1000 {
                let made = RandomFilter.make(depth: i % 5, &random)
                let filter = try Filter(made.text)
                var sql = try FilterSQL.compile(filter, in: store, db)
                if withCandidates, let few = try FilterCandidates.condition(filter, in: store, db, most: 300)
                {
                    sql = few + " AND (" + sql + ")"
                    fromIndex += 1
                }
                let found = try Int.fetchAll(
                    db,
                    sql: "SELECT v.id FROM version v WHERE v.state = 'kept' AND (\(sql.text)) ORDER BY v.id",
                    arguments: sql.arguments)
                let expected = versions.indices.filter { made.meaning(versions[$0]) == .yes }.map { $0 + 1 }
                #expect(found == expected, "\(made.text)\n\(sql.text)")
                selected += found.count
                decided += found.isEmpty || found.count == versions.count ? 0 : 1
            }
        }
        // Most conditions select some versions and not others: the comparison means something.
        #expect(decided > 600 && selected > 50_000, "\(decided) \(selected)")
        #expect(!withCandidates || fromIndex > 200, "\(fromIndex)")
    }
}

private func insert(_ i: Int, _ db: Database, _ random: inout SplitMix) throws -> PlainVersion {
    var plain = PlainVersion()
    var created = "2026-10-15T12:30:05Z"
    if i % 3 > 0 {
        created = Timestamp.of(
            secondsSince1970: 1_790_000_000 + Int.random(in: 0...5_000_000, using: &random))
    }
    var facts = makeFacts("a", created: created)
    plain.created = created
    if Bool.random(using: &random) {
        facts.seed = [0, 1, 100, -1].randomElement(using: &random)!
        plain.seed = facts.seed.map(Double.init)
    }
    for (split, name, key) in [
        ("train", "loss", "loss"), ("validation", "accuracy", "val_accuracy"), ("test", "auc", "test_auc"),
    ] {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: facts.metrics.append(.init(split: split, name: name, value: .nan))
        case 1: break
        case 2:
            facts.metrics.append(.init(split: split, name: name, value: -.infinity))
            plain.metrics[key] = -.infinity
        default:
            let value = [0, 0.25, 0.5, 0.75, 1, 3.5].randomElement(using: &random)!
            facts.metrics.append(.init(split: split, name: name, value: value))
            plain.metrics[key] = value
        }
    }
    var config: JSONObject = [:]
    func set(_ name: String, _ value: JSON, _ text: String, _ number: Double? = nil) {
        config[name] = value
        (plain.texts[name], plain.numbers[name]) = (text, number)
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: set("learning_rate", 0.001, "0.001", 0.001)
    case 1: set("learning_rate", .string("cosine"), "cosine")
    case 2: set("learning_rate", 1, "1", 1)
    default: break
    }
    if let name = ["Adam", "adam", "SGD", "0", "it's", nil].randomElement(using: &random)! {
        set("optimizer", .string(name), name)
    }
    if let value = [true, false, nil].randomElement(using: &random)! {
        set("shuffle", .bool(value), "\(value)")
    }
    if i % 4 > 0 { set("batch_size", .integer(100), "100", 100) }
    facts.hyperparameters = Hyperparameters(config: config)
    if i % 5 > 1 {
        let path = ["data/a.csv", "data/100%.csv", "B"].randomElement(using: &random)!
        facts.dataset = .init(path: path, sha256: "", trainRows: 1, validationRows: 0, testRows: 0)
        plain.texts["dataset.path"] = path
    }
    if i % 7 == 0 {
        facts.parents = [.init(kind: .resumedFrom, sha256: sha256(of: "p"), reference: "data/X.h5")]
        plain.parents = ["data/X.h5", sha256(of: "p")]
    } else if i % 11 == 0 {
        (facts.run, facts.isCheckpoint, plain.parents) = ("run-1", true, ["run-1"])
    }
    facts.created = created
    let number = try db.lastNumber(of: "a") + 1
    let key = VersionKey(model: "a", number: number, sha256: sha256(of: "\(i)"))
    var registration = Event(
        kind: "registered",
        content: Event.registration(key, file: "\(i).h5", size: i, facts: facts, importedFrom: nil))
    // Any later than the dates above.
    registration.time = "2027-01-01T00:00:00Z"
    try Projection(db: db, own: "test").apply(registration, of: "test")
    let id = try key.id(db) ?? 0
    for (key, values) in [
        ("draft", ["true", "false", "0", "False", "1", "3.5", nil]),
        ("owner", ["Adam", "b", "it's", nil, "100"]),
    ] {
        guard let value = values.randomElement(using: &random)! else { continue }
        plain.tags[key] = value
        try db.execute(sql: "INSERT INTO tag VALUES (?, ?, ?)", arguments: [id, key, value])
    }
    for (alias, target) in [("best", 8), ("prod", 8), ("next", 77)] where target == i {
        plain.aliases.append(alias)
        try db.execute(
            sql: "INSERT INTO alias (model, name, number, sha256) VALUES ('a', ?, ?, '')",
            arguments: [alias, number])
    }
    return plain
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
