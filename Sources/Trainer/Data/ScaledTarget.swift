import Base
import Datasets
import Network

/// The mean and the deviation of a target of numbers, which the model's last layer brings its output to.
///
/// The layer makes the gradients of the loss larger: those of a squared error by the square of the scale. A weight of the loss
/// takes this back, so that the layers before are trained as on a target of mean 0 and deviation 1. The weight is Keras'
/// `loss_weights`, and so the file says it and Keras trains on in the same way. Metrics are in the target's units.
struct ScaledTarget: Sendable {
    let scale, offset: Double

    /// - rows: The training rows.
    init(_ target: TargetOfTable?, rows: [Int], _ recipe: DataRecipe) throws(CellarError) {
        guard let target, !target.numbers.isEmpty else {
            throw CellarError(
                .badData, "scale_target is for a target of numbers.", file: recipe.file, line: recipe.line)
        }
        let scaler = StandardScaler(fitting: [target.numbers], rows: rows)
        (scale, offset) = (scaler.scale[0], scaler.mean[0])
        // Squares and their inverses must be numbers in 32 bits.
        guard (1e-15...1e15).contains(scale) else {
            throw CellarError(
                .badData,
                "the deviation of the target is \(scale), which is too \(scale < 1 ? "small" : "large").",
                file: recipe.file, line: recipe.line, remedy: "Write it in another unit.")
        }
    }

    /// Returns the objective whose loss is that of the scaled target.
    func objective(_ objective: Objective, _ recipe: Recipe) throws(CellarError) -> Objective {
        var scaled = objective
        guard let loss = objective.losses[0] else { return objective }
        switch loss.kind {
        case .meanSquaredError: scaled.weights[0] /= scale * scale
        case .meanAbsoluteError: scaled.weights[0] /= scale
        case .huber:
            scaled.losses[0]?.delta *= scale
            scaled.weights[0] /= scale * scale
        // These do not depend on the unit.
        case .meanAbsolutePercentageError, .meanSquaredLogarithmicError: break
        default:
            throw CellarError(
                .badData,
                "scale_target is for the losses mean_squared_error, mean_absolute_error, huber, "
                    + "mean_absolute_percentage_error and mean_squared_logarithmic_error, not for \(loss.kind.rawValue).",
                file: recipe.data.file, line: recipe.data.line, remedy: "Remove scale_target.")
        }
        return scaled
    }
}

extension PreparedData {
    /// Returns the objective of a run.
    func objective(of recipe: Recipe) throws(CellarError) -> Objective {
        let objective = recipe.compile.objective
        // A saved model's own loss has the weight already.
        let isWeighted = recipe.model.isSaved && objective.weights != objective.losses.map { _ in 1 }
        guard let target = preparation?.target, !isWeighted else { return objective }
        return try target.objective(objective, recipe)
    }
}
