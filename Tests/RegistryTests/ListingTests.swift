import Base
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

@Test("lists are filtered, sorted and limited")
func listings() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for (i, accuracy) in [0.95, nil, 0.99, .nan, 0.97].enumerated() {
            try store.save(makeFacts(created: noon(plus: i), accuracy: accuracy, seed: i))
        }
        try store.save(makeFacts("wine", created: noon(plus: 9), accuracy: 0.74))
        func references(_ query: Query) throws -> [String] { try store.list(query).versions.map(\.reference) }

        #expect(try references(Query()) == ["wine:1", "mnist:5", "mnist:4", "mnist:3", "mnist:2", "mnist:1"])
        #expect(try references(Query(model: "wine")) == ["wine:1"])
        #expect(
            try references(Query(sort: "val_accuracy")) == [
                "mnist:3", "mnist:5", "mnist:1", "wine:1", "mnist:4", "mnist:2",
            ])
        #expect(try references(Query(sort: "loss", limit: 2)) == ["mnist:3", "mnist:5"])
        #expect(
            try references(Query(model: "mnist", sort: "val_accuracy", isReversed: true, limit: 1)) == [
                "mnist:1"
            ])
        #expect(try references(Query(filter: Filter("val_accuracy > 0.95"))) == ["mnist:5", "mnist:3"])
        #expect(
            try references(Query(filter: Filter("val_accuracy>=0.95 and seed < 4"))) == [
                "mnist:3", "mnist:1",
            ])
        #expect(
            try references(Query(filter: Filter("version != 1 AND parameters == 12"), sort: "seed", limit: 1))
                == ["mnist:5"])
        let limited = try store.list(Query(limit: 2))
        #expect(limited.versions.count == 2 && limited.total == 6)
        #expect(try store.models().map(\.name) == ["mnist", "wine"])
        #expect(message { _ = try references(Query(sort: "val_acc")) }.contains("Did you mean"))
        #expect(
            message { _ = try references(Query(filter: Filter("zest > 1"))) }.contains(
                "there are loss, val_accuracy"))
        #expect(message { _ = try references(Query(model: "whine")) }.contains("Did you mean wine?"))
    }
}

@Test("ten thousand versions are listed, sorted and looked up, and the query plans use the indexes")
func manyVersions() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        try store.registerMany(10_000)
        let best = try store.list(Query(sort: "val_accuracy", limit: 3))
        #expect(best.total == 10_000)
        #expect(best.versions.map { $0.metric("val_accuracy") } == [0.9999, 0.9998, 0.9997])
        #expect(try store.list().versions.map(\.number) == Array((1...10_000).reversed()))
        #expect(try store.version(sha256(of: "77")).number == 77)
        #expect(try store.list(Query(filter: Filter("val_accuracy >= 0.999"))).total == 10)
        try store.index().read("explain") { db in
            func plan(_ sql: String) throws -> String {
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }.joined(
                    separator: "; ")
            }
            let newest = try plan(
                "SELECT * FROM version v WHERE v.state = 'kept' ORDER BY v.id DESC LIMIT 9")
            #expect(!newest.contains("TEMP B-TREE"), "\(newest)")
            let sorted = try plan(
                """
                SELECT * FROM version v JOIN metric m ON m.version = v.id WHERE v.state = 'kept' AND m.name = 'loss'
                AND m.value IS NOT NULL ORDER BY m.value, v.id DESC LIMIT 9
                """)
            #expect(sorted.contains("metric_by_value"), "\(sorted)")
            // Few versions pass: the search starts from the index of the metric's values.
            let condition = try Filter("val_accuracy >= 0.999 and seed is null and not tags.draft")
            let found = try FilterCandidates.condition(condition, in: store, db, most: 100)
            let few = try #require(found)
            let filter = try few + " AND " + FilterSQL.compile(condition, in: store, db)
            let rows = try Row.fetchAll(
                db,
                sql: "EXPLAIN QUERY PLAN SELECT * FROM version v WHERE v.state = 'kept' AND (\(filter.text))",
                arguments: filter.arguments)
            let steps = rows.map { $0["detail"] as String }.joined(separator: "; ")
            #expect(steps.hasPrefix("SEARCH v USING INTEGER PRIMARY KEY"), "\(steps)")
            #expect(try FilterCandidates.condition(condition, in: store, db, most: 9) == nil)
            let search = FilterSQL(store: store, filter: condition, db: db)
            let query = try search.ids(condition.tree.tests[0], isNegated: false)
            let ids = try #require(query)
            let index = try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + ids.text, arguments: ids.arguments)
            #expect((index[0]["detail"] as String).contains("COVERING INDEX metric_by_value"), "\(index)")
        }
    }
}

@Test("impossible numbers in the facts of an untrusted file do not trap")
func impossibleNumbers() throws {
    let json = try JSON(
        parsing: #"""
            {"name": "m", "created": "2026-11-26T00:00:00Z", "trainable_parameters": 9223372036854775807,
             "non_trainable_parameters": -5, "picture": {"height": -28, "width": -28},
             "dataset": {"path": "x.csv", "train_rows": 9223372036854775807, "test_rows": 3}}
            """#)
    let facts = try #require(ModelFacts(json: json))
    #expect(facts.trainableParameters == 0 && facts.nonTrainableParameters == 0 && facts.picture == nil)
    #expect(facts.dataset?.trainRows == 0 && facts.dataset?.testRows == 3)
}
