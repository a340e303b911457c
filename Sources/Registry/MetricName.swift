import Base

/// A metric of one split in one word, as Keras names them in its history: `accuracy` was measured on the training
/// rows, `val_accuracy` on the validation rows, `test_accuracy` on the test rows.
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
        "iou", "r2",
        "cosine", "kappa", "mcc",
    ]
    private static let low = [
        "loss", "error", "mse", "mae", "rmse", "mape", "msle", "crossentropy", "divergence", "hinge",
        "logcosh",
        "perplexity", "brier", "poisson",
    ]

    /// Which end of the metric is good; nil where its name does not say.
    public static func direction(of name: String) -> Direction? {
        let name = name.lowercased()
        // `mean_absolute_error` and `top_5_error` are errors, whatever else stands in the name.
        if low.contains(where: name.contains) { return .lowest }
        return high.contains(where: name.contains) ? .highest : nil
    }
}
