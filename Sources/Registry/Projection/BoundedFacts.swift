import Base

/// Limits on what a model file or a log may say about a version.
extension Limits {
    /// Bytes of a name: of a metric, a class, a layout.
    static let name = 200
    /// Metrics, or parents, of a version.
    static let items = 1_000

    /// The text cut to so many bytes, at a whole character.
    static func cut(_ text: String, to limit: Int) -> String {
        if text.utf8.count <= limit { return text }
        var (cut, size) = ("", 0)
        for character in text {
            size += character.utf8.count
            if size > limit { break }
            cut.append(character)
        }
        return cut
    }
}

extension ModelFacts {
    /// The facts within the limits: what exceeds them is cut off.
    var bounded: ModelFacts {
        var facts = self
        facts.name = Limits.cut(name, to: Limits.name)
        facts.created = Limits.cut(created, to: Limits.name)
        facts.generation = Limits.cut(generation, to: Limits.name)
        facts.architecture = Limits.cut(architecture, to: Limits.name)
        facts.run = run.map { Limits.cut($0, to: Limits.name) }
        facts.metrics = metrics.prefix(Limits.items).map {
            .init(
                split: Limits.cut($0.split, to: Limits.name), name: Limits.cut($0.name, to: Limits.name),
                value: $0.value)
        }
        facts.parents = parents.prefix(Limits.items).map {
            .init(
                kind: $0.kind, sha256: Limits.cut($0.sha256, to: Limits.name),
                reference: Limits.cut($0.reference, to: Limits.text))
        }
        if let seconds = trainingSeconds, !ModelFacts.possibleSeconds.contains(seconds) {
            facts.trainingSeconds = nil
        }
        return facts
    }

    /// The facts for a version that was registered at a time: a date that is none, or that is more than a day after it, would
    /// stand first in every list by date.
    func dated(registeredAt time: String) -> ModelFacts {
        var facts = self
        let isLate = created > time && created > Timestamp.nextDay(after: time)
        if isLate || !Timestamp.isDate(created) { facts.created = time }
        return facts
    }
}

extension Event {
    /// The time of the event, as a date that can be: that of its clock if its time is none.
    var date: String {
        Timestamp.isDate(time) ? time : Timestamp.of(secondsSince1970: min(clock / 1_000, 253_402_300_799))
    }
}
