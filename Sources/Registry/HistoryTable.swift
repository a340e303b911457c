import Base

extension ModelFacts {
    /// The training history as CSV with one line per epoch: `epoch,loss,accuracy,…`. Epochs count from 0 as in Keras'
    /// CSVLogger; numbers are written without rounding. Missing values are empty fields.
    public var historyCSV: String {
        var text = (["epoch"] + history.map { Self.field($0.name) }).joined(separator: ",") + "\n"
        for epoch in 0..<(history.map(\.values.count).max() ?? 0) {
            let values = history.map { epoch < $0.values.count ? "\($0.values[epoch])" : "" }
            text += (["\(epoch)"] + values).joined(separator: ",") + "\n"
        }
        return text
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
