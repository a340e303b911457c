/// The fields of a version that every version has a place for, with their SQL over `v`.
enum FilterField {
    case number(String)
    case text(String)
    /// An ISO 8601 time.
    case time(String)

    static let all: [String: FilterField] = [
        "version": .number("v.number"), "size": .number("v.size"),
        "parameters": .number("(v.trainable + v.non_trainable)"),
        "trainable_parameters": .number("v.trainable"),
        "non_trainable_parameters": .number("v.non_trainable"), "seed": .number("v.seed"),
        "training_seconds": .number("v.training_seconds"), "model": .text("v.model"),
        "name": .text("v.model"),
        "task": .text("v.task"), "generation": .text("nullif(v.generation, '')"),
        "architecture": .text("nullif(v.architecture, '')"), "sha256": .text("v.sha256"),
        "file": .text("v.file"), "state": .text("v.state"), "created": .time("v.created"),
        "deleted": .time("v.deleted"), "registered": .number("v.id"),
    ]

    /// SQL of the value; NULL where it is not known.
    var sql: String {
        switch self {
        case .number(let sql), .text(let sql), .time(let sql): sql
        }
    }
}
