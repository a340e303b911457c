import Base

/// Names of metrics with their split, as in Keras' history: `accuracy` is of the training rows, `val_accuracy` of the
/// validation rows, `test_accuracy` of the test rows.
public enum MetricName {
    public static func of(_ metric: ModelFacts.MetricValue) -> String {
        switch metric.split {
        case "train": metric.name
        case "validation": "val_" + metric.name
        default: metric.split + "_" + metric.name
        }
    }

    public enum Direction: Sendable { case highest, lowest }

    private static let high = [
        "accuracy", "acc", "auc", "prc", "precision", "recall", "sensitivity", "specificity", "f1", "fbeta",
        "iou", "mean_io_u", "r2",
        "cosine", "kappa", "mcc",
    ]
    private static let low = [
        "loss", "error", "mse", "mae", "rmse", "mape", "msle", "crossentropy", "divergence", "hinge",
        "logcosh", "log_cosh", "huber",
        "perplexity", "brier", "poisson",
    ]

    /// Returns the direction in which the metric improves; nil if its name does not tell.
    public static func direction(of name: String) -> Direction? {
        let name = name.lowercased()
        // `mean_absolute_error` and `top_5_error` are errors, whatever else their names contain.
        if low.contains(where: name.contains) { return .lowest }
        return high.contains(where: name.contains) ? .highest : nil
    }
}

extension ModelFacts {
    /// The metrics by their names with the split; of two with one name, the last counts.
    var metricValues: [String: Double] {
        Dictionary(metrics.map { (MetricName.of($0), $0.value) }) { $1 }
    }
}
