import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

private func makeStore(in folder: URL) throws -> ModelStore {
    let store = ModelStore(in: folder)
    let rows: [(accuracy: Double?, rate: JSON?, name: String)] = [
        (0.9, 0.1, "SGD"), (0.95, 0.01, "Adam"), (0.9, "cosine", "adam"), (nil, 0.1, "RMSprop"),
        (.nan, nil, "Adam"),
    ]
    for (i, row) in rows.enumerated() {
        var facts = makeFacts(created: noon(plus: i), accuracy: row.accuracy, seed: i % 2)
        facts.hyperparameters = Hyperparameters(config: ["optimizer": .string(row.name)])
        facts.hyperparameters.config["learning_rate"] = row.rate
        try store.save(facts)
    }
    try store.tag("mnist:2", set: [.init(key: "owner", value: "bob")])
    try store.tag("mnist:4", set: [.init(key: "owner", value: "Ann")])
    return store
}

@Test(
    "versions are sorted by several keys, missing values last",
    arguments: [
        ("val_accuracy", [2, 3, 1, 5, 4]), ("-val_accuracy", [3, 1, 2, 5, 4]),
        ("val_accuracy,created", [2, 3, 1, 5, 4]), ("val_accuracy, -created", [2, 1, 3, 4, 5]),
        ("seed,-version", [2, 4, 1, 3, 5]), ("optimizer", [5, 3, 2, 4, 1]),
        ("-optimizer,version", [1, 4, 5, 3, 2]),
        ("learning_rate", [4, 1, 2, 3, 5]), ("learning_rate,created", [4, 1, 2, 3, 5]),
        ("-learning_rate,-created", [2, 1, 4, 3, 5]),
        ("hyperparameters.learning_rate,-val_accuracy", [1, 4, 2, 3, 5]),
        ("tags.owner", [4, 2, 5, 3, 1]), ("-tags.owner,version", [2, 4, 5, 3, 1]),
        ("model", [1, 2, 3, 4, 5]),
        ("-created", [1, 2, 3, 4, 5]), ("metrics.loss", [2, 3, 1, 5, 4]),
        ("task,-seed,created", [5, 3, 1, 4, 2]),
    ])
func sortKeys(_ keys: String, _ expected: [Int]) throws {
    try Fixtures.temporaryFolder { folder in
        let store = try makeStore(in: folder)
        #expect(try store.list(Query(sort: keys)).versions.map(\.number) == expected)
        #expect(
            try store.list(Query(sort: keys, limit: 3)).versions.map(\.number) == Array(expected.prefix(3)))
        #expect(
            try store.list(Query(model: "mnist", filter: Filter("version > 0"), sort: keys, limit: 4))
                .versions
                .map(\.number) == Array(expected.prefix(4)))
    }
}

@Test("a list cannot be sorted by what no version has, or by what a version has several of")
func badSortKeys() throws {
    try Fixtures.temporaryFolder { folder in
        let store = try makeStore(in: folder)
        for (keys, expected) in [
            ("val_acc", "Did you mean"), ("seed,zest", "called zest"), ("", "cannot sort"),
            ("seed,", "cannot sort"),
            ("alias", "a version may have several of"), ("parent", "several"), ("--seed", "called -seed"),
        ] {
            let found = message { _ = try store.list(Query(sort: keys)) }
            #expect(found.contains(expected), "\(keys): \(found)")
        }
    }
}

@Test("columns are fields, metrics, hyper-parameters and tags")
func columnValues() throws {
    try Fixtures.temporaryFolder { folder in
        let store = try makeStore(in: folder)
        _ = try store.promote("mnist:2", alias: "best")
        let versions = try store.list(Query(sort: "-created")).versions
        let names = [
            "reference", "aliases", "val_accuracy", "learning_rate", "optimizer", "tags.owner", "seed",
            "generation",
            "task", "parameters", "training_seconds", "created", "state",
        ]
        let rows = try store.values(of: names, for: versions)
        #expect(
            rows[1] == [
                "mnist:2", ["best"], 0.95, 0.01, "Adam", "bob", 1, "keras-2.10-h5", "multiclass", 12, nil,
                "2026-11-22T12:00:01Z", "kept",
            ])
        #expect(rows[2].prefix(6) == ["mnist:3", [], 0.9, "cosine", "adam", nil])
        #expect(rows[4][3] == nil && rows[4][2]?.double?.isNaN == true)
        #expect(message { _ = try store.values(of: ["val_acc"], for: []) }.contains("Did you mean"))
    }
}

@Test("a condition on the state selects deleted versions, too")
func stateConditions() throws {
    try Fixtures.temporaryFolder { folder in
        let store = try makeStore(in: folder)
        _ = try store.delete("mnist:3")
        func numbers(_ text: String, deleted: Bool = false) throws -> [Int] {
            try store.list(Query(filter: Filter(text), sort: "-version", deleted: deleted)).versions.map(
                \.number)
        }
        #expect(try numbers("version > 1") == [2, 4, 5])
        #expect(try numbers("version > 1 and state = 'deleted'") == [3])
        #expect(try numbers("version > 1 and state in ('deleted', 'kept')") == [2, 3, 4, 5])
        #expect(try numbers("version > 1", deleted: true) == [3])
        #expect(try numbers("deleted is not null", deleted: true) == [3])
    }
}
