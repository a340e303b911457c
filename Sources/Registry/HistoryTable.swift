import Base

extension ModelFacts {
    /// The history as CSV, one line an epoch: `epoch,loss,accuracy,…`. Epochs count from 0, as Keras' CSVLogger
    /// counts them; numbers have every digit. A series that ended early leaves its field empty.
    public var historyCSV: String {
        var text = csvLine(["epoch"] + history.map(\.name))
        for epoch in 0..<(history.map(\.values.count).max() ?? 0) {
            let values = history.map { epoch < $0.values.count ? "\($0.values[epoch])" : "" }
            text += csvLine(["\(epoch)"] + values)
        }
        return text
    }
}
