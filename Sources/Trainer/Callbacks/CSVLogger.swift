import Foundation
import Base
import Network

/// Writes each epoch's numbers to a table, in the very text that Keras 2 writes: epochs counted from 0, the names in
/// alphabetical order, lines ending in CR LF. Without validation there are `val_` columns of `NA`, as there.
public struct CSVLogger: Callback {
    public struct Options: Equatable, Sendable {
        public var filename: String
        public var separator = ","
        /// Adds to a file that is there, without a second header.
        public var append = false

        public init(filename: String) { self.filename = filename }

        init(from options: inout LayerConfig) throws(CellarError) {
            filename = try options.string("filename")
            separator = try options.string("separator", default: ",")
            guard separator.utf8.count == 1 else {
                throw options.error(
                    "separator must be one character, but is \"\(separator)\"", key: "separator")
            }
            append = try options.bool("append", default: false)
        }
    }

    let options: Options
    private var file: FileHandle?
    private var names: [String]?
    private var needsHeader = true

    public init(_ options: Options) { self.options = options }

    public mutating func trainingBegins(_ run: any TrainingRun) throws(CellarError) {
        let path = options.filename
        do {
            let url = URL(fileURLWithPath: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            if !options.append || !FileManager.default.fileExists(atPath: path) {
                try Data().write(to: url)
            }
            let file = try FileHandle(forWritingTo: url)
            needsHeader = try file.seekToEnd() == 0
            self.file = file
        } catch {
            throw failure(error)
        }
    }

    public mutating func epochEnds(
        _ epoch: Int, _ logs: inout EpochLogs, _ run: any TrainingRun
    ) throws(CellarError) {
        var text = ""
        let names = self.names ?? columns(logs)
        if self.names == nil && needsHeader { text = line(["epoch"] + names) }
        self.names = names
        text += line([String(epoch)] + names.map { name in logs[name].map { number($0, name) } ?? "NA" })
        do {
            try file?.write(contentsOf: Data(text.utf8))
        } catch {
            throw failure(error)
        }
    }

    private func columns(_ logs: EpochLogs) -> [String] {
        let names = logs.entries.map(\.name).sorted()
        return names.contains { $0.hasPrefix("val_") } ? names : names + names.map { "val_" + $0 }
    }

    // Python writes losses as doubles, but the rate as NumPy's float32, whose text is shorter.
    private func number(_ value: Double, _ name: String) -> String {
        if !value.isFinite { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        guard name == "lr" else { return pythonText(value) }
        return pythonText(Double("\(Float(value))") ?? value)
    }

    private func line(_ fields: [String]) -> String { fields.joined(separator: options.separator) + "\r\n" }

    private func failure(_ error: any Error) -> CellarError {
        CellarError(
            .inputOutput,
            "CSVLogger cannot write its table: \(error.localizedDescription) Choose another filename.",
            file: options.filename)
    }
}
