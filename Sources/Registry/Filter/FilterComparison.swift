import Base
import GRDB

/// SQL of single comparisons.
extension FilterSQL {
    enum Kind { case number, text }

    /// The kind of a hyper-parameter or tag, which the values in the condition decide.
    func kind(of test: FilterTest) throws -> Kind {
        let kinds = test.check.literals.map { literal -> Kind in
            if case .number = literal.value { .number } else { .text }
        }
        guard let first = kinds.first else { return .text }
        if let other = kinds.firstIndex(where: { $0 != first }) {
            throw CellarError.filter(
                filter.text, at: test.check.literals[other].column,
                problem: "expected values of one kind, found a number and a text")
        }
        return first
    }

    /// Compares the value of `operand` with the test's values, which are bound.
    func comparison(_ operand: SQLPart, _ test: FilterTest, _ kind: Kind) throws -> SQLPart {
        let text = kind == .text ? operand + " COLLATE NOCASE" : operand
        switch test.check {
        case .compare(let comparison, let literal):
            return text + SQLPart(" \(comparison.rawValue) ?", [try value(literal, test, kind)])
        case .between(let low, let high):
            return text
                + SQLPart(
                    " BETWEEN ? AND ?", [try value(low, test, kind), try value(high, test, kind)])
        case .isIn(let literals):
            let marks = Array(repeating: "?", count: literals.count).joined(separator: ", ")
            return text + SQLPart(" IN (\(marks))", try literals.map { try value($0, test, kind) })
        case .like(let pattern):
            guard kind == .text else {
                throw CellarError.filter(
                    filter.text, at: pattern.column,
                    problem: "\(test.name.text) is a number, which has no pattern",
                    remedy: "Use = < <= > >= or `between`.")
            }
            return operand + SQLPart(" LIKE ? ESCAPE '\\'", [try value(pattern, test, kind)])
        case .isMissing: return operand + " IS NULL"
        case .holds: throw needsComparison(test)
        }
    }

    func needsComparison(_ test: FilterTest) -> CellarError {
        .filter(
            filter.text, at: test.name.column,
            problem: "expected a comparison after \(test.name.text), such as = 1 or is not null",
            remedy: "A name alone is a condition only for tags and hyper-parameters: tags.\(test.name.text).")
    }

    private func value(_ literal: FilterTest.Literal, _ test: FilterTest, _ kind: Kind) throws
        -> DatabaseValue
    {
        switch (literal.value, kind) {
        case (.number(let number), .number): return number.databaseValue
        case (.text(let text), .text): return text.databaseValue
        case (.bool(let bool), .text): return (bool ? "true" : "false").databaseValue
        case (_, .number):
            throw CellarError.filter(
                filter.text, at: literal.column,
                problem: "\(test.name.text) is a number, found \(literal.text)")
        case (.number, .text):
            throw CellarError.filter(
                filter.text, at: literal.column, problem: "\(test.name.text) is a text, found a number",
                remedy: "Write a text in quotes: '…'.")
        }
    }

    // MARK: Times

    func time(_ operand: String, _ test: FilterTest) throws -> SQLPart {
        func time(_ literal: FilterTest.Literal) throws -> FilterTime {
            if case .text(let text) = literal.value, let time = FilterTime(text) { return time }
            throw CellarError.filter(
                filter.text, at: literal.column,
                problem: "expected a time as '2026-10-01' or '2026-10-01T12:00:00Z', found \(literal.text)")
        }
        func span(_ time: FilterTime) -> SQLPart {
            SQLPart(
                "(\(operand) >= ? AND \(operand) < ?)", [time.start.databaseValue, time.end.databaseValue])
        }
        switch test.check {
        case .compare(let comparison, let literal):
            let time = try time(literal)
            switch comparison {
            case .equal: return span(time)
            case .different: return "NOT " + span(time)
            case .less: return SQLPart("\(operand) < ?", time.start)
            case .atLeast: return SQLPart("\(operand) >= ?", time.start)
            case .atMost: return SQLPart("\(operand) < ?", time.end)
            case .more: return SQLPart("\(operand) >= ?", time.end)
            }
        case .between(let low, let high):
            return SQLPart(
                "(\(operand) >= ? AND \(operand) < ?)",
                [try time(low).start.databaseValue, try time(high).end.databaseValue])
        case .isIn(let literals):
            let spans = try literals.map { try span(time($0)) }
            return "(" + spans.dropFirst().reduce(spans[0]) { $0 + " OR " + $1 } + ")"
        case .like, .isMissing, .holds: return try comparison(SQLPart(operand), test, .text)
        }
    }

    // MARK: Sets

    /// A version may have several aliases: `=` and `like` hold if one of them fits, `!=` if none does.
    func alias(_ test: FilterTest) throws -> SQLPart {
        let aliased =
            "SELECT b.id FROM alias a JOIN version b ON b.model = a.model AND b.number = a.number"
        return try members(test, all: aliased) { check in
            try SQLPart(aliased + " WHERE ")
                + comparison(SQLPart("a.name"), FilterTest(name: test.name, check: check), .text)
        }
    }

    /// A version may have several parents, each with a reference and a SHA-256.
    func parent(_ test: FilterTest) throws -> SQLPart {
        try members(test, all: "SELECT version FROM parent") { check in
            let test = FilterTest(name: test.name, check: check)
            var condition =
                try comparison(SQLPart("reference"), test, .text) + " OR sha256 <> '' AND "
                + comparison(SQLPart("sha256"), test, .text)
            for literal in check.literals {
                guard case .text(let text) = literal.value, let version = try registered(text) else {
                    continue
                }
                // The parent of an imported version is the file outside the store, which has the same bytes.
                condition =
                    condition
                    + SQLPart(" OR kind <> 'imported-from' AND sha256 = ?", version.sha256)
            }
            return "SELECT version FROM parent WHERE " + condition
        }
    }

    /// The version that a text such as `mnist:3` or `mnist@best` names.
    private func registered(_ text: String) throws -> ModelVersion? {
        guard let reference = try? Reference(text) else { return nil }
        switch reference {
        case .number, .alias: return try VersionQuery(reference).flatMap { try ModelVersion.fetchOne(db, $0) }
        case .plain, .file: return nil
        }
    }

    private func members(
        _ test: FilterTest, all: String, _ query: (FilterTest.Check) throws -> SQLPart
    ) throws -> SQLPart {
        switch test.check {
        case .compare(.equal, _), .isIn, .like: return try "v.id IN (" + query(test.check) + ")"
        case .compare(.different, let literal):
            return try "v.id NOT IN (" + query(.compare(.equal, literal)) + ")"
        case .isMissing: return SQLPart("v.id NOT IN (\(all))")
        case .compare, .between, .holds:
            throw CellarError.filter(
                filter.text, at: test.name.column,
                problem: "expected =, !=, `in`, `like` or `is null` after \(test.name.text)")
        }
    }
}

extension FilterTest.Literal {
    /// The value for a message.
    fileprivate var text: String {
        switch value {
        case .number(let number): "\(number)"
        case .text(let text): "'\(text.prefix(30))'"
        case .bool(let bool): "\(bool)"
        }
    }
}
