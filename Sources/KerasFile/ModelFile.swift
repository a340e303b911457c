import Base
import Network
import Tensors

/// Everything that a model file holds.
public struct ModelFile: Sendable {
    public var model: Model
    /// How the model was compiled; nil where it was not.
    public var compiled: Compiled?
    /// What the optimizer remembers; nil where the file does not say.
    public var optimizerState: OptimizerState?
    /// What Cellar wrote beside Keras' own; nil for a file straight from Keras.
    public var facts: ModelFacts?
    public var golden: GoldenSample?
    /// As the file says: `2.10.0`.
    public var kerasVersion: String

    /// What is odd about the file, though it was read: weights that are no numbers, options that mean something a little
    /// different here.
    public var warnings: [String] = []

    public init(model: Model, compiled: Compiled? = nil) {
        (self.model, self.compiled) = (model, compiled)
        kerasVersion = "2.10.0"
    }

    /// What `compile` was told. A part that we do not know (a loss or optimizer of the user's own) is nil, and named in
    /// `unknown`: the model still predicts, but does not train.
    public struct Compiled: Sendable {
        /// Losses and metrics of all outputs.
        public var objective: Objective?
        public var optimizer: (any Optimizer)?
        public var unknown: [String] = []
        /// The loss of the first output that has one.
        public var loss: Loss? { objective?.loss }

        public init(objective: Objective?, optimizer: (any Optimizer)?) {
            (self.objective, self.optimizer) = (objective, optimizer)
        }

        /// For one output; with accuracy, where the loss is about classes.
        public init(loss: Loss?, optimizer: (any Optimizer)?) {
            self.init(
                objective: loss.map { Objective($0, metrics: $0.isForNumbers ? [] : [.accuracy]) },
                optimizer: optimizer)
        }
    }

    /// An input with the output it gave where the file was written: [1, shape] each. It is checked when the file is
    /// opened on another machine.
    public struct GoldenSample: Equatable, Sendable {
        public var inputs: [Tensor]
        public var outputs: [Tensor]
        public init(inputs: [Tensor], outputs: [Tensor]) { (self.inputs, self.outputs) = (inputs, outputs) }
    }
}
