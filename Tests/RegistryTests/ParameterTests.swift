import Base
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Registry

@Test("hyper-parameters and facts of the data set are flattened to rows")
func parameterRows() throws {
    let facts = try JSON(
        parsing: #"""
            {"hyperparameters": {"optimizer": "Adam", "learning_rate": 1e-3, "beta_1": 0.8999999761581421, "epochs": 10, "shuffle": true,
                "schedule": {"config": {"rate": 0.5}}, "target": ["a", "b"], "none": null, "clip": NaN,
                "dataset": {"path": "forged"}, "run": "forged"},
             "dataset": {"path": "data/x.csv", "division": {"test": 0.25}}, "run": "r1", "seed": 4}
            """#)
    #expect(
        Parameter.rows(of: facts) == [
            .init(name: "beta_1", text: "0.8999999761581421", number: 0.9), .init(name: "clip", text: "NaN"),
            .init(name: "dataset.division.test", text: "0.25", number: 0.25),
            .init(name: "dataset.path", text: "data/x.csv"), .init(name: "epochs", text: "10", number: 10),
            .init(name: "learning_rate", text: "0.001", number: 0.001),
            .init(name: "optimizer", text: "Adam"),
            .init(name: "run", text: "r1"), .init(name: "schedule.config.rate", text: "0.5", number: 0.5),
            .init(name: "shuffle", text: "true"), .init(name: "target", text: #"["a", "b"]"#),
        ])
    let many: JSON = .object(JSONObject((0..<5000).map { ("p\($0)", .integer($0)) }))
    #expect(Parameter.rows(of: ["hyperparameters": many, "run": "r"]).count == 200)
    let long: JSON = [
        "a": .string(String(repeating: "x", count: 1001)), "b": .string(String(repeating: "x", count: 1000)),
    ]
    #expect(Parameter.rows(of: ["hyperparameters": long]).map(\.name) == ["b"])
    #expect(Parameter.rows(of: []).isEmpty)
}

/// Makes the index one of another version of Cellar.
private func goBack(_ db: Database) throws {
    try db.execute(sql: "DROP TABLE param; PRAGMA user_version = 2")
}

@Test("several processes may open an index of the last schema at the same time")
func concurrentMigration() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        var facts = makeFacts(accuracy: 0.9)
        facts.run = "r"
        for _ in 0..<20 { try store.save(facts) }
        for _ in 0..<10 {
            try store.index().write("go back", goBack)
            store.close()
            let failures = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: 6) { _ in
                let failure = message {
                    let found = try ModelStore(in: folder).list(Query(filter: Filter("run = 'r'"))).versions
                        .count
                    if found != 20 { throw CellarError(.badData, "found \(found)") }
                }
                if !failure.isEmpty { failures.withLock { $0.append(failure) } }
            }
            #expect(failures.withLock { $0 } == [])
        }
    }
}
