import Base
import Glibc
import Network

/// An entry of `callbacks`, with Keras' arguments and defaults.
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
            case "CSVLogger": return .csvLogger(try .init(from: &options, names))
            case "TensorBoard": return .tensorBoard(try .init(from: &options, names))
            case "TerminateOnNaN":
                throw CellarError("training always stops if the loss is NaN").advising("Remove this line.")
            default:
                let error = CellarError(
                    "unknown callback; expected one of \(Self.names.joined(separator: ", "))")
                throw nearest(title, in: Self.names).map { error.advising("Did you mean \($0)?") } ?? error
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

extension Recipe {
    /// Removes the callbacks that write files, which runs at the same time would take from each other.
    public mutating func removeFileCallbacks() {
        callbacks.removeAll { callback in
            switch callback {
            case .modelCheckpoint, .csvLogger, .tensorBoard: true
            case .earlyStopping, .reduceLROnPlateau: false
            }
        }
    }

    /// Lets every ModelCheckpoint register its files; throws if there is none.
    public mutating func registerCheckpoints() throws(CellarError) {
        var found = false
        for index in callbacks.indices {
            guard case .modelCheckpoint(var options) = callbacks[index] else { continue }
            options.registers = true
            callbacks[index] = .modelCheckpoint(options)
            found = true
        }
        guard found else {
            throw CellarError(
                .usage, "cannot register checkpoints: the recipe writes none.", file: file,
                remedy:
                    "Add `- ModelCheckpoint: { filepath: checkpoints/Model_ckpt.h5, register: true }` to its callbacks."
            )
        }
    }
}

/// The names of the metrics in a run's logs.
public struct LogNames: Sendable {
    public var all: [String]
    /// When the run began, for paths with a time.
    let began = time(nil)

    public init(_ plain: [String], validation: Bool) {
        all = plain + (validation ? plain.map { "val_" + $0 } : [])
    }

    /// Reads the path of a file or folder, with the time of the run filled in.
    func path(_ key: String, default standard: String? = nil, _ options: inout LayerConfig)
        throws(CellarError) -> String
    {
        let path = try options.string(key, default: standard)
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw options.error("\(key) must be a path", key: key)
        }
        do { return try fillingTime(path, at: began) } catch { throw options.error(error.message, key: key) }
    }

    /// Reads `monitor`. An unknown name is an error; Keras only warns in each epoch.
    func monitor(_ options: inout LayerConfig) throws(CellarError) -> String {
        let name = try options.string("monitor", default: "val_loss")
        guard all.contains(name) else {
            let remedy =
                name.hasPrefix("val_") && !all.contains("val_loss")
                ? "Add validation rows in data." : nearest(name, in: all).map { "Did you mean \($0)?" }
            let error = options.error(
                "monitor is \(name), but this run has only \(all.joined(separator: ", "))", key: "monitor")
            throw remedy.map { error.advising($0) } ?? error
        }
        return name
    }
}
