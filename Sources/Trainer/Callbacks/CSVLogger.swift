import Base
import Network

/// Writes each epoch's metrics to a CSV file, with the same bytes as Keras 2: epochs counted from 0, names in
/// alphabetical order, lines ending in CR LF. Without validation the `val_` columns are `NA`, as in Keras.
public struct CSVLogger: Callback {
    public struct Options: Equatable, Sendable {
        public var filename: String
        public var separator = ","
        /// Appends to an existing file, without a second header.
        public var append = false

        public init(filename: String) { self.filename = filename }

        init(from options: inout LayerConfig, _ names: LogNames) throws(CellarError) {
            filename = try names.path("filename", &options)
            separator = try options.string("separator", default: ",")
            guard separator.utf8.count == 1 else {
                throw options.error(
                    "separator must be one ASCII character, but is \"\(separator)\"", key: "separator")
            }
            append = try options.bool("append", default: false)
        }
    }

    let options: Options
    private var file: LogFile?
    private var names: [String]?
    private var needsHeader = true

    public init(_ options: Options) { self.options = options }

    public mutating func trainingBegins(_ run: any TrainingRun) throws(CellarError) {
        do {
            let file = try LogFile(options.filename, options.append ? .append : .replace)
            needsHeader = file.size == 0
            self.file = file
        } catch { throw error.advising("Choose another filename for CSVLogger.") }
    }

    /// Writes the lines of earlier epochs again if the file begins anew.
    public mutating func resumes(after earlier: [EpochLogs], _ run: any TrainingRun) throws(CellarError) {
        if !options.append { try repeatEpochs(earlier, run) }
    }

    public mutating func epochEnds(
        _ epoch: Int, _ logs: inout EpochLogs, _ run: any TrainingRun
    ) throws(CellarError) {
        var text = ""
        let names = self.names ?? columns(logs)
        if self.names == nil && needsHeader { text = line(["epoch"] + names) }
        self.names = names
        text += line([String(epoch)] + names.map { name in logs[name].map { number($0, name) } ?? "NA" })
        try file?.write(Array(text.utf8))
    }

    private func columns(_ logs: EpochLogs) -> [String] {
        let names = logs.entries.map(\.name).sorted()
        return names.contains { $0.hasPrefix("val_") } ? names : names + names.map { "val_" + $0 }
    }

    // Python writes losses as doubles, but the learning rate as NumPy's float32, which has fewer digits.
    private func number(_ value: Double, _ name: String) -> String {
        if !value.isFinite { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        guard name == "lr" else { return pythonText(value) }
        return pythonText(Double("\(Float(value))") ?? value)
    }

    private func line(_ fields: [String]) -> String { fields.joined(separator: options.separator) + "\r\n" }
}
