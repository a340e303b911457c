import Base
import Metrics

/// The options of scikit-learn's `classification_report` and `confusion_matrix`, for a table of labels.
public struct ReportOptions: Sendable {
    /// Decimal places in the text.
    public var digits = 2
    public var zeroDivision = ClassificationReport.ZeroDivision.warn
    /// The classes to report, in order; nil for those that occur.
    public var labels: [String]?
    /// The table's column with a weight for each row.
    public var weight: String?
    public var normalisation: ConfusionMatrix.Normalisation?
    /// The text between the labels of a row that may have several; nil for one class per row, or a column for each label.
    public var separator: String?

    public init() {}
}
