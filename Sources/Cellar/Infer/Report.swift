import Base
import Infer

/// Asks for the classification report and the confusion matrix of a table of labels.
public struct ReportRequest: Sendable {
    /// The table (CSV); - is standard input.
    public var labels: String
    /// The column with the true labels.
    public var truth: String
    /// The column with the predicted labels.
    public var prediction: String
    /// The folder for report files; nil for none.
    public var report: String?
    /// How the table is written, where the reader cannot find it out.
    public var dialect = TableDialect()
    public var options = ReportOptions()

    public init(
        labels: String, truth: String = "truth", prediction: String = "prediction", report: String? = nil
    ) {
        (self.labels, self.truth, self.prediction, self.report) = (labels, truth, prediction, report)
    }
}

extension Store {
    /// Needs no model, and reads nothing of the store.
    public func report(
        _ request: ReportRequest, progress: ProgressReporter = .none
    ) throws(CellarError) -> LabelsReport {
        let found = try LabelsReport(
            request.labels, truth: request.truth, prediction: request.prediction, dialect: request.dialect,
            options: request.options)
        found.warnings.forEach(progress.warn)
        if let folder = request.report { try found.write(to: folder) }
        return found
    }
}
