import Base
import Network
import Tensors

/// The weights of all layers after an epoch.
public struct KeptWeights: Sendable {
    /// The epoch, counted from 0.
    public var epoch: Int
    /// Parallel to the model's layers.
    public var weights: [[Tensor]]
    public init(epoch: Int, weights: [[Tensor]]) { (self.epoch, self.weights) = (epoch, weights) }
}

/// The content of a model file.
public struct ModelFile: Sendable {
    public var model: Model
    /// The arguments of `compile`; nil for a model that was not compiled.
    public var compiled: Compiled?
    /// The optimizer's state; nil if the file has none.
    public var optimizerState: OptimizerState?
    /// Cellar's metadata; nil for a file that Keras wrote.
    public var facts: ModelFacts?
    public var golden: GoldenSample?
    /// The weights of the best epoch of a run that a checkpoint is from, if they are not its own.
    public var keptWeights: KeptWeights?
    /// The rows that the weights were trained on, one set for each data set; nil if the file does not tell.
    public var trainedRows: [RowHashes]?
    /// The version in the file: `2.10.0`.
    public var kerasVersion: String

    /// Problems that do not prevent reading: weights that are NaN or infinite, options with a slightly
    /// different meaning here.
    public var warnings: [String] = []

    public init(model: Model, compiled: Compiled? = nil) {
        (self.model, self.compiled) = (model, compiled)
        kerasVersion = "2.10.0"
    }

    /// The arguments of `compile`. An unsupported part (a custom loss or optimizer) is nil and listed in
    /// `unknown`; the model can then predict, but not train.
    public struct Compiled: Sendable {
        /// The losses and metrics of all outputs.
        public var objective: Objective?
        public var optimizer: (any Optimizer)?
        public var unknown: [String] = []
        /// The loss of the first output that has one.
        public var loss: Loss? { objective?.loss }

        public init(objective: Objective?, optimizer: (any Optimizer)?) {
            (self.objective, self.optimizer) = (objective, optimizer)
        }

        /// Creates the arguments for one output, with accuracy as a metric for a classification loss.
        public init(loss: Loss?, optimizer: (any Optimizer)?) {
            self.init(
                objective: loss.map { Objective($0, metrics: $0.isForNumbers ? [] : [.accuracy]) },
                optimizer: optimizer)
        }
    }

    /// A recorded sample of each input, and its outputs: [1, shape] each. It is checked when the file is opened on another
    /// machine.
    public struct GoldenSample: Equatable, Sendable {
        public var inputs: [Samples]
        public var outputs: [Tensor]
        public init(inputs: [Samples], outputs: [Tensor]) { (self.inputs, self.outputs) = (inputs, outputs) }
    }
}
