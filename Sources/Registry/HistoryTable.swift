import Base

extension ModelFacts {
    /// The training history as CSV with one line per epoch: `epoch,loss,accuracy,…`. Epochs count from 1; numbers are written
    /// without rounding. Missing values are empty fields.
    public var historyCSV: String {
        var text = csvLine(["epoch"] + history.map { CSVGuard.guarded($0.name) })
        for epoch in 0..<(history.map(\.values.count).max() ?? 0) {
            let values = history.map { epoch < $0.values.count ? "\($0.values[epoch])" : "" }
            text += csvLine(["\(epoch + 1)"] + values)
        }
        return text
    }
}
