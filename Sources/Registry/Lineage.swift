import Base
import GRDB

/// The ancestors and descendants of a version.
public struct Lineage: Equatable, Sendable {
    /// An ancestor or descendant: a version of the store, or a file outside it.
    public struct Relative: Equatable, Sendable {
        /// `mnist:3`, or the user's name for a file that is not in the store.
        public let name: String
        public let sha256: String
        /// The relation between child and parent: `resumed-from` or `imported-from`.
        public let kind: ModelFacts.Parent.Kind?
        /// A note such as "deleted" or "not in this store".
        public let remark: String?
        public let created: String?
        /// The aliases that point to it now.
        public internal(set) var aliases: [String] = []
        /// The parents in a tree of ancestors, the children in a tree of descendants.
        public internal(set) var next: [Relative] = []
    }

    /// The table or folder that a version was trained on.
    public struct Data: Equatable, Sendable {
        public let path: String
        /// Of the data's bytes; empty if not known.
        public let sha256: String
    }

    public let name: String
    /// The SHA-256 of the version's file.
    public let sha256: String
    /// The aliases that point to the version now.
    public internal(set) var aliases: [String] = []
    /// The data of the training run, if it is recorded.
    public internal(set) var data: Data?
    /// The training run, if it is recorded.
    public internal(set) var run: String?
    public let ancestors: [Relative]
    public let descendants: [Relative]
    /// The recorded evaluations of the version, oldest first.
    public internal(set) var evaluations: [RecordedEvaluation] = []
    /// The aliases' moves to the version, oldest first.
    public internal(set) var promotions: [Promoted] = []

    /// A move of an alias to the version.
    public struct Promoted: Equatable, Sendable {
        public let alias, time, who, reason: String
        /// The comparison with the version before, if there was one.
        public let evidence: JSON?
    }
}

extension ModelStore {
    public func lineage(of version: ModelVersion) throws(CellarError) -> Lineage {
        var lineage = try family(of: version)
        lineage.evaluations = try evaluations(of: version)
        lineage.promotions = try promotions(of: version)
        return lineage
    }

    /// Returns the moves of aliases to a version, oldest first.
    private func promotions(of version: ModelVersion) throws(CellarError) -> [Lineage.Promoted] {
        try read("read the moves to \(version.reference)") { db in
            try AliasMove.fetch(db, model: version.model).filter {
                $0.number == version.number && $0.sha256 == version.sha256
            }.map {
                .init(alias: $0.alias, time: $0.time, who: $0.who, reason: $0.reason, evidence: $0.evidence)
            }
        }
    }

    private func family(of version: ModelVersion) throws(CellarError) -> Lineage {
        try read("read the lineage of \(version.reference)") { db in
            // Versions may share parents, and a file could name its own child as parent: visit each once.
            var (above, below): (Set<String>, Set<String>) = ([version.sha256], [version.sha256])
            let origin = try origin(of: version, db)
            return Lineage(
                name: version.reference, sha256: version.sha256, aliases: version.aliases, data: origin.data,
                run: origin.run,
                ancestors: try ancestors(of: version, &above, db),
                descendants: try descendants(of: version, &below, db))
        }
    }

    /// The data and the run of a version.
    private func origin(of version: ModelVersion, _ db: Database) throws -> (
        data: Lineage.Data?, run: String?
    ) {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT name, text FROM param
                WHERE version = ? AND name IN ('dataset.path', 'dataset.sha256', 'run')
                """, arguments: [version.id(db)])
        let facts = try Dictionary(rows.map { try ($0.value(0) as String, $0.value(1) as String) }) { $1 }
        let data = facts["dataset.path"].map {
            Lineage.Data(path: $0, sha256: facts["dataset.sha256"] ?? "")
        }
        return (data, facts["run"])
    }

    private func ancestors(of version: ModelVersion, _ seen: inout Set<String>, _ db: Database) throws
        -> [Lineage.Relative]
    {
        try parents(of: version, db).map { parent in
            if parent.kind == .checkpointOf, parent.sha256.isEmpty {
                return try node(ofRun: parent.reference, &seen, db)
            }
            // An imported version has the same bytes as its source, which is outside the store.
            let known =
                parent.sha256 == version.sha256
                ? nil
                : try ModelVersion.fetchOne(
                    db, where: "WHERE v.sha256 = ? ORDER BY v.state = 'kept' DESC, v.id", [parent.sha256])
            guard let known else {
                let remark =
                    parent.kind == .trialOf
                    ? "a sweep"
                    : parent.sha256 == version.sha256 ? "a file outside the store" : "not in this store"
                return Lineage.Relative(
                    name: parent.reference.isEmpty ? String(parent.sha256.prefix(12)) : parent.reference,
                    sha256: parent.sha256, kind: parent.kind, remark: remark, created: nil)
            }
            let next = seen.insert(known.sha256).inserted ? try ancestors(of: known, &seen, db) : []
            return node(known, parent.kind, next)
        }
    }

    /// The version that a run saved.
    private func node(ofRun run: String, _ seen: inout Set<String>, _ db: Database) throws -> Lineage.Relative
    {
        let saved = try ModelVersion.fetchOne(
            db,
            where: """
                JOIN facts f ON f.version = v.id WHERE f.run = ? AND f.is_checkpoint = 0 ORDER BY v.state = 'kept' DESC, v.id
                """, [run])
        guard let saved else {
            return Lineage.Relative(
                name: "run \(run)", sha256: "", kind: .checkpointOf, remark: "no version in this store",
                created: nil)
        }
        let next = seen.insert(saved.sha256).inserted ? try ancestors(of: saved, &seen, db) : []
        return node(saved, .checkpointOf, next)
    }

    private func descendants(of version: ModelVersion, _ seen: inout Set<String>, _ db: Database) throws
        -> [Lineage.Relative]
    {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT p.kind, \(ModelVersion.columns) FROM parent p JOIN version v ON v.id = p.version
                WHERE (p.sha256 = ?1 OR p.kind = 'checkpoint-of' AND p.reference = (
                    SELECT run FROM facts WHERE version = ?2 AND is_checkpoint = 0))
                AND v.sha256 <> ?1 ORDER BY v.created, v.id
                """, arguments: [version.sha256, version.id(db)])
        return try rows.map { row in
            var child = try ModelVersion(row: row, from: 1)
            child.aliases = try String.fetchAll(
                db, sql: "SELECT name FROM alias WHERE model = ? AND number = ? ORDER BY name",
                arguments: [child.model, child.number])
            let next = seen.insert(child.sha256).inserted ? try descendants(of: child, &seen, db) : []
            return try node(child, ModelFacts.Parent.Kind(rawValue: row.value(0)), next)
        }
    }

    private func node(_ version: ModelVersion, _ kind: ModelFacts.Parent.Kind?, _ next: [Lineage.Relative])
        -> Lineage.Relative
    {
        Lineage.Relative(
            name: version.reference, sha256: version.sha256, kind: kind,
            remark: version.state == .kept ? nil : "deleted", created: version.created,
            aliases: version.aliases,
            next: next)
    }
}

extension Lineage {
    /// The lineage as a text tree: data and run, ancestors under "came from", descendants under "led to".
    public var text: String {
        func marks(_ aliases: [String]) -> String { aliases.map { " @" + $0 }.joined() }
        var lines = [name + marks(aliases)]
        if let data {
            lines.append("data " + data.path + (data.sha256.isEmpty ? "" : " (\(data.sha256.prefix(12)))"))
        }
        if let run { lines.append("run " + run) }
        func add(_ nodes: [Relative], _ indent: String, _ words: (Relative) -> String) {
            for (i, node) in nodes.enumerated() {
                let isLast = i == nodes.count - 1
                let remark = node.remark.map { " (\($0))" } ?? ""
                let date = node.created.map { "  \($0)" } ?? ""
                lines.append(
                    "\(indent)\(isLast ? "└─ " : "├─ ")\(words(node))\(marks(node.aliases))\(remark)\(date)")
                add(node.next, indent + (isLast ? "   " : "│  "), words)
            }
        }
        for found in evaluations {
            lines.append("evaluated on \(found.data): \(found.summary)  \(found.time)")
        }
        for move in promotions {
            lines.append("promoted to @\(move.alias): \(move.reason)  \(move.time) \(move.who)")
        }
        if ancestors.isEmpty && descendants.isEmpty {
            lines.append("trained from scratch; nothing came of it yet")
        }
        if !ancestors.isEmpty {
            lines.append("came from")
            add(ancestors, "") { "\($0.kind.map(\.rawValue) ?? "") \($0.name)" }
        }
        if !descendants.isEmpty {
            lines.append("led to")
            add(descendants, "") { "\($0.name) (\($0.kind.map(\.rawValue) ?? ""))" }
        }
        // Reasons, names and paths come from the log.
        return lines.map(printable).joined(separator: "\n") + "\n"
    }

    /// The lineage as a Graphviz graph with edges from older to younger files.
    public var dot: String {
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        var lines: [String] = []
        func add(_ line: String) { if !lines.contains(line) { lines.append(line) } }
        func up(_ nodes: [Relative], _ child: String) {
            for node in nodes {
                if node.remark != nil { add("  \(quoted(node.name)) [style=dashed];") }
                add(
                    "  \(quoted(node.name)) -> \(quoted(child)) [label=\(quoted(node.kind?.rawValue ?? ""))];"
                )
                up(node.next, node.name)
            }
        }
        func down(_ nodes: [Relative], _ parent: String) {
            for node in nodes {
                if node.remark != nil { add("  \(quoted(node.name)) [style=dashed];") }
                add(
                    "  \(quoted(parent)) -> \(quoted(node.name)) [label=\(quoted(node.kind?.rawValue ?? ""))];"
                )
                down(node.next, node.name)
            }
        }
        add("  \(quoted(name)) [style=bold];")
        var made = name
        if let run {
            made = "run " + run
            add("  \(quoted(made)) [shape=ellipse];")
            add("  \(quoted(made)) -> \(quoted(name)) [label=\"saved\"];")
        }
        if let data {
            let node = quoted("data " + data.path)
            add("  \(node) [shape=folder, label=\(quoted(data.path + "\n" + data.sha256.prefix(12)))];")
            add("  \(node) -> \(quoted(made)) [label=\"trained on\"];")
        }
        up(ancestors, name)
        down(descendants, name)
        for (number, found) in evaluations.enumerated() {
            let node = quoted("evaluation \(number + 1)")
            add("  \(node) [shape=ellipse, label=\(quoted("evaluated on \(found.data)\n\(found.summary)"))];")
            add("  \(quoted(name)) -> \(node) [style=dotted];")
        }
        for (number, move) in promotions.enumerated() {
            let node = quoted("promotion \(number + 1)")
            add("  \(node) [shape=ellipse, label=\(quoted("@\(move.alias)\n\(move.time)"))];")
            add("  \(quoted(name)) -> \(node) [style=dotted];")
        }
        return "digraph lineage {\n  rankdir=TB;\n  node [shape=box];\n" + lines.joined(separator: "\n")
            + "\n}\n"
    }
}
