import Base
import KerasFile
import Network

extension Recipe {
    /// The recipe of a saved model, with what the command line changed, and without what writes files.
    ///
    /// - Parameter start: The file that the run resumed from.
    public init(repeating facts: ModelFacts, from start: ModelFile?) throws(CellarError) {
        guard let text = facts.recipe else {
            throw CellarError(.badData, "its file has no recipe: it was not trained by `trainer fit`.")
        }
        // Paths in the recipe are relative to the current folder, or to that of the recipe.
        let named = facts.commandLine.dropFirst().first { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        try self.init(text: text, file: named ?? "recipe.yaml", from: start)
        name = facts.name
        fit.epochs = facts.epoch ?? facts.hyperparameters.epochs ?? fit.epochs
        fit.batchSize = facts.hyperparameters.batchSize ?? fit.batchSize
        fit.seed = facts.seed ?? fit.seed
        // A recipe without a random state drew one.
        if let drawn = facts.dataset?.division?.randomState { data.split?.randomState = drawn }
        fit.threads = facts.host?.threads ?? fit.threads
        fit.hasParts = facts.hyperparameters.config["batch_parts"]?.int == PartedTraining.count
        callbacks = callbacks.filter {
            switch $0 {
            case .csvLogger, .tensorBoard, .modelCheckpoint: false
            // It changes the weights only at the end of a run, which a checkpoint is not.
            case .earlyStopping: !facts.isCheckpoint
            case .reduceLROnPlateau: true
            }
        }
    }
}
