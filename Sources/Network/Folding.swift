import Base
import Tensors

extension Model {
    /// Returns an equivalent model with less computation, for inference. Dropout and similar layers are
    /// removed. A BatchNormalization is folded into the weights of the Dense or convolution before it, or of
    /// the Dense after it, and an activation into the layer before it. Predictions differ only by rounding.
    /// Layers that are called more than once are kept.
    ///
    /// Formulas: with s = gamma / √(variance + epsilon) and t = beta − mean · s, normalization is x · s + t.
    /// After a linear Dense this is (x · K + b) · s + t, before one (x · s + t) · K + b.
    public func foldedForInference() throws(CellarError) -> Model {
        // Folding rewires calls, which represent one output each.
        guard !layers.contains(where: { $0.outputCount > 1 }) else { return self }
        var folding = Folding(self)
        for call in calls.indices { folding.dropDropout(call) }
        for call in calls.indices { folding.foldNormalization(call) }
        for call in calls.indices { folding.foldActivation(call) }
        return try folding.model(like: self)
    }
}

private struct Folding {
    private var layers: [any Layer]
    private var weights: [[Tensor]]
    private var calls: [Model.Call]
    private var outputs: [Int]
    private let shapes: [[Int]]
    private var removed: [Bool]
    /// The number of calls of each layer, and the calls that read each call's output.
    private let uses: [Int]
    private var users: [[Int]]

    init(_ model: Model) {
        (layers, weights) = (model.layers, model.weights)
        (calls, outputs, shapes) = (model.calls, model.outputs, model.shapes)
        removed = model.calls.map { _ in false }
        var uses = model.layers.map { _ in 0 }
        users = model.calls.map { _ in [] }
        for (index, call) in model.calls.enumerated() {
            uses[call.layer] += 1
            for input in call.inputs where users[input].last != index { users[input].append(index) }
        }
        self.uses = uses
    }

    mutating func dropDropout(_ call: Int) {
        if type(of: layers[calls[call].layer]).isForTrainingOnly { remove(call) }
    }

    mutating func foldNormalization(_ call: Int) {
        let layer = calls[call].layer
        guard isOnlyUse(call), let change = layers[layer].channelAffine(shapes[call], weights: weights[layer])
        else { return }
        if fold(change, intoLayerBefore: call) {
            remove(call)
        } else if change.axis == shapes[call].count - 1, fold(change.factors, intoMatrixAfter: call) {
            remove(call)
        }
    }

    mutating func foldActivation(_ call: Int) {
        guard isOnlyUse(call), let activation = layers[calls[call].layer].onlyActivation, activation != .glu,
            var layer = linearLayer(before: call)
        else { return }
        layer.activation = activation
        layers[calls[calls[call].inputs[0]].layer] = layer
        remove(call)
    }

    /// Returns the layer before `call` if no other call reads its output and it has no activation.
    private func linearLayer(before call: Int) -> (any LinearLayer)? {
        let source = calls[call].inputs[0]
        guard let layer = layers[calls[source].layer].linear, layer.activation == .linear,
            isOnlyUse(source), users[source] == [call], !outputs.contains(source)
        else { return nil }
        return layer
    }

    func model(like model: Model) throws(CellarError) -> Model {
        let kept = calls.indices.filter { !removed[$0] }
        // A layer is kept if any of its calls is kept.
        var stays = layers.map { _ in false }
        for call in kept { stays[calls[call].layer] = true }
        let keptLayers = layers.indices.filter { stays[$0] }
        // Uses arrays, because the first hash table with integer keys in a process takes 0.1 ms to create.
        var (callNumber, layerNumber) = (calls.map { _ in 0 }, layers.map { _ in 0 })
        for (number, call) in kept.enumerated() { callNumber[call] = number }
        for (number, layer) in keptLayers.enumerated() { layerNumber[layer] = number }
        func number(_ call: Int) -> Int { callNumber[call] }
        var folded = try Model(
            name: model.name, form: .functional, layers: keptLayers.map { layers[$0] },
            calls: kept.map {
                Model.Call(
                    layer: layerNumber[calls[$0].layer], inputs: calls[$0].inputs.map(number),
                    recordsMask: calls[$0].recordsMask)
            },
            inputs: model.inputs.map(number), outputs: outputs.map(number))
        for (index, layer) in keptLayers.enumerated() { try folded.setWeights(weights[layer], layer: index) }
        return folded
    }

    private func isOnlyUse(_ call: Int) -> Bool { uses[calls[call].layer] == 1 }

    /// Makes the readers of that call's output read its input instead.
    private mutating func remove(_ call: Int) {
        let source = calls[call].inputs[0]
        users[source].removeAll { $0 == call }
        for user in users[call] {
            calls[user].inputs = calls[user].inputs.map { $0 == call ? source : $0 }
            if !users[source].contains(user) { users[source].append(user) }
        }
        outputs = outputs.map { $0 == call ? source : $0 }
        removed[call] = true
    }

    private mutating func fold(_ change: ChannelAffine, intoLayerBefore call: Int) -> Bool {
        let source = calls[call].inputs[0]
        guard let layer = linearLayer(before: call), layer.channelAxis(shapes[source]) == change.axis else {
            return false
        }
        let change = change.factors
        let (kernel, bias) = kernelAndBias(layer, calls[source].layer, channels: change.count)
        let run = layer.kernelRun(kernel.shape)
        replace(
            layer, calls[source].layer,
            kernel: kernel.values.indices.map {
                Double(kernel.values[$0]) * change[$0 / run % change.count].scale
            },
            bias: bias.indices.map { bias[$0] * change[$0].scale + change[$0].shift })
        return true
    }

    private mutating func fold(_ change: [(scale: Double, shift: Double)], intoMatrixAfter call: Int) -> Bool
    {
        guard let user = users[call].first, users[call].count == 1, !outputs.contains(call),
            isOnlyUse(user), let layer = layers[calls[user].layer].linear, type(of: layer).hasMatrix
        else { return false }
        let units = weights[calls[user].layer][layer.kernelIndex].shape[1]
        var (kernel, bias) = kernelAndBias(layer, calls[user].layer, channels: units)
        for (index, value) in kernel.values.enumerated() {
            bias[index % units] += change[index / units].shift * Double(value)
        }
        replace(
            layer, calls[user].layer,
            kernel: kernel.values.indices.map { Double(kernel.values[$0]) * change[$0 / units].scale },
            bias: bias)
        return true
    }

    private func kernelAndBias(_ layer: any LinearLayer, _ index: Int, channels: Int) -> (Tensor, [Double]) {
        let kernel = layer.kernelIndex
        let bias =
            layer.useBias ? weights[index][kernel + 1].values : Array(repeating: 0, count: channels)
        return (weights[index][kernel], bias.map { Double($0) })
    }

    private mutating func replace(_ layer: any LinearLayer, _ index: Int, kernel: [Double], bias: [Double]) {
        var layer = layer
        layer.useBias = true
        layers[index] = layer
        let (place, shape) = (layer.kernelIndex, weights[index][layer.kernelIndex].shape)
        weights[index] =
            weights[index][..<place] + [
                Tensor(shape: shape, values: kernel.map { Float($0) }),
                Tensor(shape: [bias.count], values: bias.map { Float($0) }),
            ]
    }
}
