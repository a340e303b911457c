import Base
import Foundation
import GRDB

// The beginning of the log of a store that has none: its files, `versions.jsonl`, `aliases.json` and old index become
// events, with their times, numbers and reasons. The old files stay where they are, and are not read again.

extension ModelStore {
    /// Whether there is anything that a first log has to say.
    var hasSomething: Bool {
        get throws(CellarError) {
            let lists = [NumberList.path(in: root), Sidecar.path(in: root)]
            if lists.contains(where: { FileSystem.size(ofFile: $0) != nil }) { return true }
            return try !modelFiles().isEmpty
        }
    }

    /// The events of a store that has no log.
    ///
    /// - Parameter db: Its index, which may be of an older schema.
    func beginning(_ db: Database?) throws -> [Event] {
        let old = try db.map(OldIndex.init) ?? OldIndex()
        var list = try NumberList(readingFrom: root)
        // The list's numbers are those of every clone; an index's may be those of a clone without the list.
        let listed = Set(list.entries.map { "\($0.key.model):\($0.key.number)" })
        for version in old.versions
        where !listed.contains("\(version.entry.key.model):\(version.entry.key.number)") {
            list.add(version.entry)
        }
        let known = Dictionary(
            old.versions.map { ($0.entry.key, $0) }, uniquingKeysWith: { first, _ in first })
        let (files, closed) = try readable()
        var found = Dictionary(grouping: files, by: \.digest.sha256)
        var beginning = Beginning(lastNumbers: old.lastNumbers)
        for entry in list.entries {
            let files = found[entry.key.sha256] ?? []
            let name = FileSystem.name(of: entry.file)
            let position = files.firstIndex { FileSystem.name(of: $0.file) == name } ?? files.indices.first
            if let position {
                found[entry.key.sha256]?.remove(at: position)
                beginning.add(entry, files[position])
            } else {
                let size = closed.contains(entry.file) ? FileSystem.size(ofFile: path(of: entry.file)) : nil
                beginning.add(entry, unread: known[entry.key], size: size)
            }
        }
        let others = found.values.flatMap { $0 }.sorted { ($0.created, $0.file) < ($1.created, $1.file) }
        for file in others { beginning.add(file) }
        let sidecar = try Sidecar(readingFrom: root) ?? old.sidecar
        beginning.add(sidecar)
        return beginning.events
    }

    /// The model files, and those that this user may not read. Where the disk or the system fails, the log does not begin: it would say
    /// for ever that their versions had no files.
    private func readable() throws -> (files: [FoundFile], closed: Set<String>) {
        var (found, closed): ([FoundFile], Set<String>) = ([], [])
        for file in try modelFiles() {
            do { found.append(try examine(file)) } catch let error as CellarError {
                if error.category == .inputOutput { throw error }
                if error.category == .noPermission { closed.insert(file) }
            }
        }
        return (found, closed)
    }

    /// Writes the first events of this store's log, all or none.
    func begin(with events: [Event], _ file: inout AppendOnlyFile) throws {
        var tip = LogTip(name: log.own)
        var text: [UInt8] = []
        // The log begins with the first of its events, so that those of two copies are in the order of their times.
        var opening = Event.opening(log.own)
        opening.clock = events.map(\.clock).filter { $0 > 0 }.min() ?? 0
        for event in [opening] + events {
            var event = event
            if event.clock == 0, tip.seq > 0 { event.clock = tip.clock + 1 }
            tip.stamp(&event)
            text += Array((event.line() + "\n").utf8)
            tip.hash = event.hash
        }
        try file.replaceEmpty(with: text)
    }
}

extension Event {
    /// The command of events that a store's old files became.
    static let migration = "from the lists of a store without a log"
}

private struct Beginning {
    private(set) var events: [Event] = []
    private var lastNumbers: [String: Int] = [:]
    private var keys: [String: [VersionKey]] = [:]
    private var numbered: [String: VersionKey] = [:]

    init(lastNumbers: JSONObject) {
        for (model, number) in lastNumbers.members where (try? Names.checkModel(model)) != nil {
            if let number = number.int, (1...Limits.number).contains(number) {
                self.lastNumbers[model] = number
            }
        }
        if !self.lastNumbers.isEmpty {
            add("reserved", at: "", ["numbers": .object(lastNumbers)])
        }
    }

    private mutating func add(_ kind: String, at time: String, _ content: JSONObject) {
        var event = Event(kind: kind, content: content)
        event.clock = Timestamp.milliseconds(time) ?? 0
        event.time = event.clock > 0 ? time : ""
        (event.who, event.command) = ("unknown", Event.migration)
        events.append(event)
    }

    private mutating func register(
        _ key: VersionKey, file: String, size: Int, facts: ModelFacts, importedFrom: String?
    ) {
        lastNumbers[key.model] = max(lastNumbers[key.model] ?? 0, key.number)
        keys[key.sha256, default: []].append(key)
        numbered["\(key.model):\(key.number)"] = key
        add(
            "registered", at: facts.created,
            Event.registration(key, file: file, size: size, facts: facts, importedFrom: importedFrom))
    }

    /// A version with its file.
    mutating func add(_ entry: NumberList.Entry, _ file: FoundFile) {
        register(
            entry.key, file: file.file, size: file.digest.size,
            facts: file.facts.known(as: entry.key.model, created: file.created),
            importedFrom: entry.importedFrom)
        if file.isDeleted { change("deleted", entry.key, reason: "its file was in the trash") }
    }

    /// A version whose file was not read.
    ///
    /// - Parameter size: The file's size if it is there; nil if it is not.
    mutating func add(_ entry: NumberList.Entry, unread old: OldIndex.Version?, size: Int?) {
        let facts = old?.facts.flatMap(ModelFacts.init(json:))
        let file = Limits.isFile(entry.file) ? entry.file : "TRAINED_MODEL/missing.h5"
        register(
            entry.key, file: file, size: old?.size ?? size ?? 0,
            facts: facts.known(as: entry.key.model, created: facts?.created ?? ""),
            importedFrom: entry.importedFrom)
        guard old?.state ?? .purged != .kept, size == nil else { return }
        change("deleted", entry.key, reason: "its file was not in the store when the log began")
        if old?.state ?? .purged == .purged {
            change("collected", entry.key, reason: "its file was not in the store when the log began")
        }
    }

    /// A file that no list names.
    mutating func add(_ file: FoundFile) {
        let number = (lastNumbers[file.model] ?? 0) + 1
        let key = VersionKey(model: file.model, number: number, sha256: file.digest.sha256)
        add(NumberList.Entry(key: key, file: file.file), file)
    }

    private mutating func change(_ kind: String, _ key: VersionKey, reason: String) {
        add(kind, at: "", ["versions": [.object(key.members)], "reason": .string(reason)])
    }

    /// Moves and tags are assigned by SHA-256, not by number. The old store had other limits: a name that the log does not take gets
    /// a similar one, a long reason goes into the evidence too, and a long tag goes on in further ones.
    mutating func add(_ sidecar: Sidecar) {
        var positions: [String: Int] = [:]
        for move in sidecar.moves where (try? Names.checkModel(move.model)) != nil {
            let alias = Names.alias(from: move.alias)
            var content: JSONObject = [
                "model": .string(move.model), "alias": .string(alias),
                "reason": .string(Limits.cut(move.reason, to: Limits.text)),
            ]
            if !Limits.isText(move.reason) {
                content["evidence"] = [
                    "reason": .string(Limits.cut(move.reason, to: Event.lengthLimit / 8))
                ]
            }
            if let number = move.number {
                guard let key = find(move.model, number, move.sha256 ?? "") else { continue }
                for (name, value) in key.members.members { content[name] = value }
            }
            if move.isRollback { content["rollback"] = true }
            let position = positions["\(move.model)@\(alias)", default: 0]
            positions["\(move.model)@\(alias)"] = position + 1
            content["migrated"] = .integer(position)
            add("moved", at: move.time, content)
        }
        for entry in sidecar.tags {
            guard let key = find(entry.model, entry.number, entry.sha256) else { continue }
            // One event for each: the log takes an event as a whole or not at all.
            for tag in Self.tags(entry.tags) {
                var content = key.members
                content["set"] = .object(JSONObject([(tag.key, .string(tag.value))]))
                add("tagged", at: "", content)
            }
        }
    }

    /// The tags in pieces that the log takes, under names of their own.
    private static func tags(_ tags: [(key: String, value: String)]) -> [(key: String, value: String)] {
        var taken = Set(tags.map(\.key).filter { (try? Names.checkTag($0)) != nil })
        func unused(_ name: String) -> String {
            var (key, number) = (name, 1)
            while !taken.insert(key).inserted {
                number += 1
                key = "\(name.prefix(90))-\(number)"
            }
            return key
        }
        return tags.flatMap { key, value in
            let name = Names.plain(from: key)
            var pieces = [(key: name == key ? key : unused(name), value: Limits.cut(value, to: Limits.text))]
            var rest = value.dropFirst(pieces[0].value.count)
            while !rest.isEmpty {
                let piece = Limits.cut(String(rest), to: Limits.text)
                if piece.isEmpty { break }
                pieces.append((unused(name), piece))
                rest = rest.dropFirst(piece.count)
            }
            return pieces
        }
    }

    private func find(_ model: String, _ number: Int, _ sha256: String) -> VersionKey? {
        let same = (keys[sha256] ?? []).filter { $0.model == model }
        if let key = same.first(where: { $0.number == number }) ?? same.first { return key }
        guard Event.isDigest(sha256) else { return numbered["\(model):\(number)"] }
        return VersionKey(model: model, number: number, sha256: sha256)
    }
}
