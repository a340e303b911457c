import Base
import Tensors

/// Computes the gradient of an output with respect to the input, in inference mode.
///
/// A BatchNormalization that changes nothing is put in front of the model: mean 0, variance 1, gamma 1, beta 0. The gradient by
/// its beta is the gradient by the input, and training code already computes it. All other weights are frozen, and every layer
/// computes as at inference.
public final class InputGradients {
    private let executor: TrainingExecutor
    private let predictor: Predictor
    private let width: Int

    /// Throws for a model of several inputs, and for one with a layer through which no gradient passes, such as Embedding.
    public init(_ model: Model) throws(CellarError) {
        guard model.inputs.count == 1, model.outputs.count == 1 else {
            throw CellarError("gradients by the input are for models of one input and one output")
        }
        let shape = model.inputShapes[0]
        let width = shape.reduce(1, *)
        self.width = width
        // Its epsilon is lost beside 1.
        let neutral = try LayerTable.make(
            className: "BatchNormalization", config: ["name": "explained_shift", "epsilon": 1e-12],
            strict: true)
        let front: [any Layer] = [
            InputLayer(name: "explained_input", shape: [width]), neutral, Reshape(shape),
        ]
        // Numbers of words have no gradient: the layer computes none, and zeros would be a wrong answer.
        if let layer = model.layers.first(where: { Self.withoutGradient.contains($0.className) }) {
            throw CellarError("the input has no gradient behind this layer", subject: layer.subject)
        }
        // The model's own input is replaced by the last layer in front.
        let input = model.calls[model.inputs[0]].layer
        var layers = front
        var numbers = model.layers.map { _ in 0 }
        for (index, layer) in model.layers.enumerated() where index != input {
            var layer = layer
            layer.trainable = false
            numbers[index] = layers.count
            layers.append(layer)
        }
        guard !model.layers.contains(where: { $0.outputCount > 1 }) else {
            throw CellarError("gradients by the input are not for layers with several outputs")
        }
        var calls: [Model.Call] = [
            .init(layer: 0, inputs: []), .init(layer: 1, inputs: [0], atInference: true),
            .init(layer: 2, inputs: [1]),
        ]
        var place = model.calls.map { _ in 2 }
        for (index, call) in model.calls.enumerated() where call.layer != input {
            place[index] = calls.count
            calls.append(
                .init(
                    layer: numbers[call.layer], inputs: call.inputs.map { place[$0] }, atInference: true,
                    recordsMask: call.recordsMask))
        }
        var whole = try Model(
            name: "explained", form: .functional, layers: layers, calls: calls, inputs: [0],
            outputs: [place[model.outputs[0]]])
        func constant(_ value: Float) -> Tensor {
            Tensor(shape: [width], values: Array(repeating: value, count: width))
        }
        // Gamma, beta, mean, variance.
        try whole.setWeights([constant(1), constant(0), constant(0), constant(1)], layer: 1)
        for (index, weights) in model.weights.enumerated() where numbers[index] > 0 {
            try whole.setWeights(weights, layer: numbers[index])
        }
        predictor = try Predictor(whole, batchSize: 1)
        executor = try TrainingExecutor(
            whole, objective: Objective(Loss(.meanSquaredError), metrics: []), optimizer: SGD(), batchSize: 1)
    }

    private static let withoutGradient = ["Embedding", "IntegerLookup", "CategoryEncoding", "Discretization"]

    /// Returns the gradient of one number of the output.
    public func gradient(_ sample: [Float], output: Int) throws(CellarError) -> [Float] {
        precondition(sample.count == width, "\(sample.count) numbers for an input of \(width)")
        let samples = [Samples(shape: [width], floats: sample)]
        var targets = try predictor.predict(samples)[0].values
        guard targets.indices.contains(output) else {
            throw CellarError("there is no output \(output + 1) of \(targets.count)")
        }
        // The loss is the mean of (output - target)². With this target its gradient by the chosen output is 1, by others 0.
        targets[output] -= Float(targets.count) / 2
        let target = Targets.values(targets, width: targets.count)
        try executor.check(samples, target)
        return executor.gradients(samples, target, rows: [0]).tensors[1].values
    }
}
