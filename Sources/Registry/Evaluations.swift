import Base
import GRDB

/// The result of a version on labelled data, as it was recorded.
public struct RecordedEvaluation: Equatable, Sendable {
    /// ISO 8601, UTC.
    public let time: String
    public let data: String
    /// The SHA-256 of the data; empty if not known.
    public let sha256: String
    public let metrics: JSON

    public var json: JSON {
        [
            "time": .string(time), "data": .string(data), "data_sha256": .string(sha256), "metrics": metrics,
        ]
    }

    /// The figures on one line: `accuracy 0.9712, loss 0.1034`.
    public var summary: String {
        (metrics.object?.members ?? []).compactMap { name, value in
            value.double.map { "\(name) \(value.int.map { "\($0)" } ?? $0.measured)" }
        }.prefix(6).joined(separator: ", ")
    }
}

extension ModelStore {
    /// Records that a version was evaluated on data.
    public func recordEvaluation(
        of version: ModelVersion, data: String, sha256: String?, metrics: JSON
    ) throws(CellarError) {
        try commit("record an evaluation of \(version.reference)", durability: .fast) { db in
            var content = try VersionKey(id: version.id(db), db).members
            content["data"] = .string(Limits.cut(data, to: Limits.text))
            content["data_sha256"] = sha256.map { .string($0) }
            content["metrics"] = metrics
            return [Event(kind: "evaluated", content: content)]
        }
    }

    /// Returns the recorded evaluations of a version, oldest first.
    public func evaluations(of version: ModelVersion) throws(CellarError) -> [RecordedEvaluation] {
        try read("read the evaluations of \(version.reference)") { db in
            try Row.fetchAll(
                db,
                sql: "SELECT time, data, sha256, json FROM evaluation WHERE version = ? ORDER BY time, rowid",
                arguments: [version.id(db)]
            ).map { row in
                let metrics: String = try row.value(3)
                return try RecordedEvaluation(
                    time: row.value(0), data: row.value(1), sha256: row.value(2),
                    metrics: (try? JSON(parsing: metrics)) ?? .null)
            }
        }
    }
}
