import Base
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

@Test(
    "the error for a malformed condition has the column",
    arguments: [
        ("", "expected a name at column 1, found the end"),
        ("val_accuracy >", "a number or a text in quotes at column 15, found the end"),
        ("val_accuracy > high", "a number or a text in quotes at column 16, found \"high\""),
        ("a > 1 and", "a name at column 10, found the end"),
        ("a > 1; DROP TABLE version", "expected a name or a value at column 6, found \";\""),
        ("a > 1 b", "expected `and`, `or` or the end at column 7, found \"b\""),
        ("1 > a", "a name at column 1, found \"1\""),
        ("a => 1", "one of = == != <> < <= > >= at column 3, found \"=>\""),
        ("a ! 1", "one of = == != <> < <= > >= at column 3"),
        ("é > 1", "a name or a value at column 1, found \"é\""),
        ("(a > 1", "`and`, `or` or `)` at column 7, found the end"),
        ("a > 1)", "`and`, `or` or the end at column 6, found \")\""),
        ("a in 1", "`(` after `in` at column 6"), ("a in ()", "a number or a text in quotes at column 7"),
        ("a in (1,)", "a number or a text in quotes at column 9"), ("a in (1 2)", "`,` or `)` at column 9"),
        ("a like 5", "a pattern as 'data/%' at column 8"), ("a is 5", "`null` or `not null` at column 6"),
        ("a = null", "a value at column 5, found \"null\"."),
        ("a not = 1", "`in`, `like` or `between` after `not` at column 7"),
        ("a between 1 or 2", "`and` and the upper end of `between` at column 13"),
        ("not", "a name at column 4, found the end"), ("not not", "a name at column 8"),
        ("and", "a name at column 1, found \"and\""), ("a = 'x", "the string to end with ' at column 5"),
        ("`a > 1", "the name to end with ` at column 1"),
        ("`` > 1", "a name between the backquotes at column 1"),
        ("a > 1e999", "a number at column 5, found \"1e999\""), ("a > 1.2.3", "a number at column 5"),
        ("a > -", "a number at column 5"), ("a > 0x10", "a number at column 5"),
        ("a = 9007199254740993", "a whole number below 9007199254740992 (2^53) at column 5"),
        ("a in (1, -9007199254740992)", "a whole number below 9007199254740992 (2^53) at column 10"),
        ("created > 2026-10-01", "a number at column 11, found \"2026-10-01\""),
        ("a = 'x\0y'", "expected text at column 7, found a NUL character"),
    ])
func malformedFilters(_ text: String, _ expected: String) {
    let found = message { _ = try Filter(text) }
    #expect(found.hasPrefix("cannot read the condition: ") && found.contains(expected), "\(found)")
}

@Test("an error has a caret below its column, also in a long condition")
func filterCaret() {
    #expect(
        message { _ = try Filter("val_accuracy > high") } == """
            cannot read the condition: expected a number or a text in quotes at column 16, found "high".
              val_accuracy > high
                             ^
            Write a text in quotes: 'high'.
            """)
    let long = Array(repeating: "seed = 1", count: 40).joined(separator: " or ") + " or ?"
    let lines = message { _ = try Filter(long) }.split(separator: "\n").map(String.init)
    #expect(lines.count == 4 && lines[1].hasPrefix("  …") && lines[1].count <= 80, "\(lines)")
    #expect(lines[1].last == "?" && lines[2].count == lines[1].count && lines[2].last == "^", "\(lines)")
    #expect(
        message { _ = try Filter("created > 2026-10-01") }.hasSuffix("Write a date in quotes: '2026-10-01'."))
}

@Test("conditions are parsed with the precedence of SQL")
func parsedFilters() throws {
    func test(
        _ name: String, _ column: Int, _ comparison: FilterTest.Comparison, _ value: Double, at place: Int
    )
        -> FilterTree
    {
        .test(
            FilterTest(
                name: .init(text: name, column: column),
                check: .compare(comparison, .init(value: .number(value), column: place))))
    }
    #expect(
        try Filter(" val_accuracy>=.97 and loss< 1e-3 AND  seed=-2").tree
            == .and([
                test("val_accuracy", 2, .atLeast, 0.97, at: 16), test("loss", 24, .less, 0.001, at: 30),
                test("seed", 40, .equal, -2, at: 45),
            ]))
    let (a, b, c) = (
        test("a", 1, .equal, 1, at: 3), test("b", 8, .equal, 1, at: 10), test("c", 16, .different, 1, at: 19)
    )
    #expect(try Filter("a=1 or b=1 and c!=1").tree == .or([a, .and([b, c])]))
    #expect(
        try Filter("(a==1)").tree
            == .test(
                FilterTest(
                    name: .init(text: "a", column: 2),
                    check: .compare(.equal, .init(value: .number(1), column: 5)))))
    #expect(try Filter("a='it''s'").tree == Filter("a=\"it's\"").tree)
    #expect(try Filter("a not in (1)").tree == .not(Filter("a     in (1)").tree.moved(to: 11)))
    #expect(try Filter("`is` = true and tags.in").names == ["is", "tags.in"])
}

extension FilterTree {
    /// The test with its only value in another column.
    fileprivate func moved(to column: Int) -> FilterTree {
        guard case .test(var test) = self, case .isIn(var literals) = test.check else { return self }
        literals[0].column = column
        test.check = .isIn(literals)
        return .test(test)
    }
}

@Test("depth, length and number of comparisons end in an error, and what is within the limits is answered")
func filterLimits() throws {
    func nested(_ depth: Int, _ open: String) -> String {
        String(repeating: open, count: depth) + "seed = 1"
            + String(repeating: open.contains("(") ? ")" : "", count: depth)
    }
    for open in ["(", "not ", "not ("] {
        let levels = open == "not (" ? 25 : 50
        _ = try Filter(nested(levels, open))
        #expect(message { _ = try Filter(nested(levels + 1, open)) }.contains("at most 50 levels"))
        #expect(message { _ = try Filter(nested(900, open)) }.contains("at most 50 levels"))
    }
    #expect(message { _ = try Filter(nested(100_000, "(")) }.contains("at most 10000 bytes, found 200008"))
    let terms = Array(repeating: "seed = 1", count: 501)
    #expect(message { _ = try Filter(terms.joined(separator: " or ")) }.contains("at most 500 comparisons"))

    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        try store.save(makeFacts(accuracy: 0.5, seed: 1))
        func matches(_ text: String) throws -> Bool {
            try store.list(Query(filter: Filter(text), limit: 5)).versions.count == 1
        }
        #expect(try matches(terms.dropLast().joined(separator: " and ")))
        #expect(try matches(nested(50, "not ")))
        #expect(try matches("seed in (" + (1...1500).map { "\($0)" }.joined(separator: ",") + ")"))
        // The deepest trees that the limits allow, in the forms that need most of SQLite's parser.
        var (first, last, double) = ("seed = 1", "seed = 1", "seed = 1")
        for level in 0..<50 {
            let (outer, inner) = level % 2 == 0 ? ("or", "and") : ("and", "or")
            first = "(\(first)) \(outer) seed = 0 \(inner) seed = 1"
            last = "seed = 1 \(inner) seed = 0 \(outer) (\(last))"
            if double.count < 4500 { double = "val_accuracy < 2 and (\(double)) \(outer) (\(double))" }
        }
        for text in [first, last, double] {
            let filter = try Filter(text)
            _ = try store.list(Query(filter: filter, sort: "val_accuracy", limit: 5))
            _ = try store.list(Query(model: "mnist", filter: filter, sort: "seed,val_accuracy"))
        }
        let leaning = (0..<49).reduce("loss < 2") { text, i in
            "(\(text)) \(i % 2 == 0 ? "or" : "and") (loss > 3 \(i % 2 == 0 ? "and" : "or") (loss < 2 or loss is null and seed = 2))"
        }
        _ = try store.list(Query(filter: Filter(leaning), sort: "loss"))
    }
}

@Test("names and values from a condition never become SQL")
func hostileFilters() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        try store.save(makeFacts(accuracy: 0.9, seed: 1))
        let hostile = [
            "x'; DROP TABLE version; --", "'' OR 1=1 --", "\" OR \"\"=\"", "1) OR (1=1", "?1", ":name", "@a",
            "$x",
            "%", "_", "\\", "é\u{202E}\u{1F600}",
        ]
        for text in hostile {
            let value = text.replacing("'", with: "''")
            for condition in [
                "task = '\(value)'", "tags.owner = '\(value)'", "alias = '\(value)'", "parent = '\(value)'",
                "run in ('\(value)', 'b')", "model = '\(value)'", "dataset.path like '\(value)x'",
            ] {
                #expect(try store.list(Query(filter: Filter(condition))).versions.isEmpty, "\(condition)")
            }
            let name = text.replacing("`", with: "``")
            #expect(
                message { _ = try store.list(Query(filter: Filter("`\(name)` = 1"))) }.contains(
                    "no version has"))
            #expect(try store.list(Query(filter: Filter("not `tags.\(name)`"))).versions.count == 1)
        }
        #expect(try store.list().versions.count == 1)
    }
}

@Test("unknown names and values of another kind are errors with the column and a suggestion")
func filterNames() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        var facts = makeFacts(accuracy: 0.9, seed: 1)
        facts.hyperparameters = Hyperparameters(config: [
            "optimizer": "Adam", "learning_rate": 0.001, "loss": "mse",
        ])
        try store.save(facts)
        try store.tag("mnist", set: [.init(key: "owner", value: "ann")])
        func found(_ text: String) -> String { message { _ = try store.list(Query(filter: Filter(text))) } }
        for (text, expected) in [
            (
                "zest > 1",
                "there are loss, val_accuracy; hyper-parameters are learning_rate, loss, optimizer (column 1)"
            ),
            ("seed = 1 and val_acuracy > 1", "called val_acuracy"),
            ("seed = 1 and val_acuracy > 1", "(column 14)"),
            ("val_acuracy > 1", "Did you mean val_accuracy?"),
            ("lerning_rate > 1", "Did you mean learning_rate?"),
            ("hyperparameters.optimiser = 'x'", "Did you mean optimizer?"),
            ("owner = 'ann'", "Did you mean tags.owner?"),
            ("trainable_parameter > 1", "Did you mean trainable_parameters?"),
            ("metrics.optimizer = 1", "called metrics.optimizer"),
            ("val_accuracy = 'high'", "val_accuracy is a number, found 'high' (column 16)"),
            ("seed like '1%'", "seed is a number, which has no pattern (column 11)"),
            ("task = 5", "task is a text, found a number (column 8)"),
            ("seed = true", "seed is a number, found true"),
            ("optimizer in ('a', 1)", "expected values of one kind, found a number and a text (column 20)"),
            ("seed", "expected a comparison after seed"),
            ("not val_accuracy", "expected a comparison after val_accuracy"),
            ("alias", "expected =, !=, `in`, `like` or `is null` after alias (column 1)"),
            ("alias > 'a'", "expected =, !=, `in`"), ("parent = 5", "parent is a text"),
            ("created > 'yesterday'", "expected a time as '2026-10-01'"),
            ("created = 2026", "found 2026.0 (column 11)"),
            ("created > '2026-13-01'", "expected a time"), ("created > '2026-10-01T25'", "expected a time"),
            ("created > '2026-10-01T12:00:00+02:00'", "expected a time"),
        ] {
            #expect(found(text).contains(expected), "\(text): \(found(text))")
        }
        #expect(found("loss = 'MSE' and loss < 0.2") == "")
        #expect(try store.list(Query(filter: Filter("loss = 'MSE' and loss < 0.2"))).versions.count == 1)
    }
}

@Test("a parent is found by its reference, its SHA-256, or any other name of that version")
func filterParents() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        let first = try store.save(makeFacts(created: noon(plus: 1)))
        for (i, name) in ["mnist@best", "/copy/of/first.h5", "other:9"].enumerated() {
            var facts = makeFacts(created: noon(plus: 2 + i))
            let digest = i == 2 ? sha256(of: "other") : first.sha256
            facts.parents = [.init(kind: .resumedFrom, sha256: digest, reference: name)]
            try store.save(facts)
        }
        _ = try store.promote("mnist:1", alias: "old")
        func numbers(_ text: String) throws -> [Int] {
            try store.list(Query(filter: Filter(text), sort: "-version")).versions.map(\.number)
        }
        #expect(try numbers("parent = 'mnist:1'") == [2, 3])
        #expect(try numbers("parent = 'mnist@old'") == [2, 3])
        #expect(try numbers("parent = '\(first.sha256)'") == [2, 3])
        #expect(try numbers("parent in ('mnist@best', 'OTHER:9')") == [2, 4])
        #expect(try numbers("parent != 'mnist:1'") == [1, 4])
        #expect(try numbers("parent like '/copy/%' or alias = 'old'") == [1, 3])
        #expect(try numbers("parent is null and parent != 'mnist:77'") == [1])
        #expect(try numbers("alias not in ('old')") == [2, 3, 4])
    }
}

@Test("any text is parsed or refused with a column within it")
func arbitraryFilters() throws {
    let parts = [
        "a", "val_accuracy", "tags.x", "1", "-2.5e3", "'x'", "\"y", "'", "`", "(", ")", ",", "<", "=", "!",
        ">", " and ",
        " or ", " not ", " in ", " like ", " is ", " null ", " between ", "true", "\t", "\r\n", "é", "日",
        "\u{0}",
        "\u{1F468}\u{200D}\u{1F469}", ";", "--", "%", ".", "2026-10-01",
    ]
    var (random, parsed) = (SplitMix(state: 3), 0)
    for _ in 0..<4_000 {
        let count = Int.random(in: 0...12, using: &random)
        let text = (0..<count).map { _ in parts.randomElement(using: &random)! }.joined(separator: " ")
        let found = message { _ = try Filter(text) }
        if found.isEmpty {
            parsed += 1
            continue
        }
        let lines = found.split(separator: "\n", omittingEmptySubsequences: false)
        let column = found.firstMatch(of: /at column (\d+)/).flatMap { Int($0.1) } ?? 0
        #expect((1...text.count + 1).contains(column), "\(text): \(found)")
        #expect(lines.count > 2 && lines[2].hasSuffix("^") && lines[2].count <= 80, "\(found)")
    }
    #expect(parsed > 10, "\(parsed)")
}
