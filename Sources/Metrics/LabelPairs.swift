import Base

/// True and predicted labels, row by row, as class codes.
public struct LabelPairs: Equatable, Sendable {
    /// In scikit-learn's order: numbers by value, texts by code point.
    public let classes: [String]
    public let truth: [Int32]
    public let prediction: [Int32]

    /// Creates the pairs from texts.
    public init(truth: [String], prediction: [String]) throws(CellarError) {
        try self.init(truth: LabelColumn(truth), prediction: LabelColumn(prediction))
    }

    /// Reads two columns as pandas does, and joins their classes as scikit-learn does.
    ///
    /// - file: The table, for errors.
    /// - columns: The names of the columns, for errors.
    public init(
        truth: LabelColumn, prediction: LabelColumn, file: String? = nil,
        columns: (truth: String, prediction: String) = ("truth", "prediction")
    ) throws(CellarError) {
        try requireRows(("true labels", truth.count), ("predictions", prediction.count))
        let both = (
            try truth.classes(file: file, column: columns.truth),
            try prediction.classes(file: file, column: columns.prediction)
        )
        for (classes, column) in [(both.0, columns.truth), (both.1, columns.prediction)] {
            guard let measurement = classes.measurement else { continue }
            throw CellarError(
                .badData, "'\(measurement)' is a score or measurement, not a class label.", file: file,
                column: column, remedy: "Convert scores to class labels first.")
        }
        guard let joined = JointClasses(both.0, both.1) else {
            func example(_ classes: LabelClasses) -> String {
                "\(classes.kind == .texts ? "texts" : "numbers") such as \"\(classes.names.last ?? "")\""
            }
            throw CellarError(
                .badData,
                "the true labels are \(example(both.0)), but the predictions are \(example(both.1)).",
                file: file, remedy: "Name columns with the same kind of labels.")
        }
        self.init(
            classes: joined.names, truth: both.0.rows.map { joined.first[Int($0)] },
            prediction: both.1.rows.map { joined.second[Int($0)] })
    }

    /// - truth, prediction: Indices into `classes`.
    public init(classes: [String], truth: [Int32], prediction: [Int32]) {
        (self.classes, self.truth, self.prediction) = (classes, truth, prediction)
    }
}
