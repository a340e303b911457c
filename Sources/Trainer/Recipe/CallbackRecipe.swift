import Base
import Network

/// One of the `callbacks`, with Keras' arguments and defaults.
public enum CallbackRecipe: Sendable {
    case earlyStopping(EarlyStopping.Options)
    case modelCheckpoint(ModelCheckpoint.Options)
    case reduceLROnPlateau(ReduceLROnPlateau.Options)
    case csvLogger(CSVLogger.Options)
    case tensorBoard(TensorBoard.Options)

    static let names = ["EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau", "CSVLogger", "TensorBoard"]

    init(_ section: RecipeSection, names: LogNames) throws(CellarError) {
        var section = section
        let title = section.title
        self = try section.read { (options) throws(CellarError) in
            switch title {
            case "EarlyStopping": return .earlyStopping(try .init(from: &options, names))
            case "ModelCheckpoint": return .modelCheckpoint(try .init(from: &options, names))
            case "ReduceLROnPlateau": return .reduceLROnPlateau(try .init(from: &options, names))
            case "CSVLogger": return .csvLogger(try .init(from: &options))
            case "TensorBoard": return .tensorBoard(try .init(from: &options))
            case "TerminateOnNaN":
                throw CellarError("training always ends when the loss is no number; leave this line out")
            default:
                let hint = nearest(title, in: Self.names).map { ". Did you mean \($0)?" } ?? ""
                throw CellarError(
                    "there is no such callback; known are \(Self.names.joined(separator: ", "))\(hint)")
            }
        }
        try section.rejectUnknownKeys()
    }

    func make() -> any Callback {
        switch self {
        case .earlyStopping(let options): EarlyStopping(options)
        case .modelCheckpoint(let options): ModelCheckpoint(options)
        case .reduceLROnPlateau(let options): ReduceLROnPlateau(options)
        case .csvLogger(let options): CSVLogger(options)
        case .tensorBoard(let options): TensorBoard(options)
        }
    }
}

/// The names that a run's epochs will have numbers under.
public struct LogNames: Sendable {
    public var all: [String]

    public init(_ plain: [String], validation: Bool) {
        all = plain + (validation ? plain.map { "val_" + $0 } : [])
    }

    /// Reads `monitor`. A name that the run will not have is an error, where Keras only warns in each epoch.
    func monitor(_ options: inout LayerConfig) throws(CellarError) -> String {
        let name = try options.string("monitor", default: "val_loss")
        guard all.contains(name) else {
            let why =
                name.hasPrefix("val_") && !all.contains("val_loss")
                ? "; there are no validation rows, name some in data" : ""
            let hint = why.isEmpty ? nearest(name, in: all).map { ". Did you mean \($0)?" } ?? "" : ""
            throw options.error(
                "monitor is \(name), which this run will not have (only \(all.joined(separator: ", ")))\(why)\(hint)",
                key: "monitor")
        }
        return name
    }
}
