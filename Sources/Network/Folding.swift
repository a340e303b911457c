import Tensors

extension Model {
    /// The same function with less to compute, for inference: Dropout and its kin are left out, and a BatchNormalization goes into the
    /// weights of a Dense next to it. Answers differ by rounding only. Layers that are called more than once stay.
    ///
    /// Source: with s = gamma / √(variance + epsilon) and t = beta − mean · s, normalizing is x · s + t; behind a linear
    /// Dense that is (x · K + b) · s + t, in front of one (x · s + t) · K + b.
    public func foldedForInference() throws(ConfigError) -> Model {
        var folding = Folding(self)
        for call in calls.indices { folding.dropDropout(call) }
        for call in calls.indices { folding.foldNormalization(call) }
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

    init(_ model: Model) {
        (layers, weights) = (model.layers, model.weights)
        (calls, outputs, shapes) = (model.calls, model.outputs, model.shapes)
        removed = model.calls.map { _ in false }
    }

    mutating func dropDropout(_ call: Int) {
        if layers[calls[call].layer] is any TrainingLayer { remove(call) }
    }

    mutating func foldNormalization(_ call: Int) {
        // A Dense works on the last axis.
        guard isOnlyUse(call), let layer = layers[calls[call].layer] as? BatchNormalization,
            layer.normalizesLastAxis(of: shapes[call])
        else { return }
        let change = scaleAndShift(layer, weights[calls[call].layer])
        if fold(change, intoDenseBefore: call) || fold(change, intoDenseAfter: call) { remove(call) }
    }

    func model(like model: Model) throws(ConfigError) -> Model {
        let kept = calls.indices.filter { !removed[$0] }
        // A layer stays while any call of it does.
        let keptLayers = layers.indices.filter { layer in kept.contains { calls[$0].layer == layer } }
        // Arrays, as the first table with integer keys of a process takes a tenth of a millisecond to set up.
        var (callNumber, layerNumber) = (calls.map { _ in 0 }, layers.map { _ in 0 })
        for (number, call) in kept.enumerated() { callNumber[call] = number }
        for (number, layer) in keptLayers.enumerated() { layerNumber[layer] = number }
        func number(_ call: Int) -> Int { callNumber[call] }
        var folded = try Model(
            name: model.name, form: .functional, layers: keptLayers.map { layers[$0] },
            calls: kept.map {
                Model.Call(layer: layerNumber[calls[$0].layer], inputs: calls[$0].inputs.map(number))
            },
            inputs: model.inputs.map(number), outputs: outputs.map(number))
        for (index, layer) in keptLayers.enumerated() { try folded.setWeights(weights[layer], layer: index) }
        return folded
    }

    private func isOnlyUse(_ call: Int) -> Bool { calls.count { $0.layer == calls[call].layer } == 1 }

    private func users(of call: Int) -> [Int] {
        calls.indices.filter { !removed[$0] && calls[$0].inputs.contains(call) }
    }

    /// Whoever read that call's output reads its input instead.
    private mutating func remove(_ call: Int) {
        let source = calls[call].inputs[0]
        for user in users(of: call) {
            calls[user].inputs = calls[user].inputs.map { $0 == call ? source : $0 }
        }
        outputs = outputs.map { $0 == call ? source : $0 }
        removed[call] = true
    }

    private func scaleAndShift(_ layer: BatchNormalization, _ weights: [Tensor]) -> [(Double, Double)] {
        // Weights: gamma, beta where there are any, then the moving mean and variance.
        let (mean, variance) = (weights[weights.count - 2].values, weights[weights.count - 1].values)
        return mean.indices.map { c in
            let gamma = layer.scale ? Double(weights[0].values[c]) : 1
            let beta = layer.center ? Double(weights[layer.scale ? 1 : 0].values[c]) : 0
            let scale = gamma / (Double(variance[c]) + layer.epsilon).squareRoot()
            return (scale, beta - Double(mean[c]) * scale)
        }
    }

    private mutating func fold(_ change: [(scale: Double, shift: Double)], intoDenseBefore call: Int) -> Bool
    {
        let source = calls[call].inputs[0]
        guard let dense = layers[calls[source].layer] as? Dense, dense.activation == .linear,
            isOnlyUse(source), users(of: source) == [call], !outputs.contains(source)
        else { return false }
        let (kernel, bias) = kernelAndBias(dense, calls[source].layer)
        replace(
            dense, calls[source].layer, rows: kernel.shape[0],
            kernel: kernel.values.indices.map { Double(kernel.values[$0]) * change[$0 % dense.units].scale },
            bias: bias.indices.map { bias[$0] * change[$0].scale + change[$0].shift })
        return true
    }

    private mutating func fold(_ change: [(scale: Double, shift: Double)], intoDenseAfter call: Int) -> Bool {
        guard let user = users(of: call).first, users(of: call).count == 1, !outputs.contains(call),
            isOnlyUse(user), let dense = layers[calls[user].layer] as? Dense
        else { return false }
        var (kernel, bias) = kernelAndBias(dense, calls[user].layer)
        for (index, value) in kernel.values.enumerated() {
            bias[index % dense.units] += change[index / dense.units].shift * Double(value)
        }
        replace(
            dense, calls[user].layer, rows: kernel.shape[0],
            kernel: kernel.values.indices.map { Double(kernel.values[$0]) * change[$0 / dense.units].scale },
            bias: bias)
        return true
    }

    private func kernelAndBias(_ dense: Dense, _ layer: Int) -> (Tensor, [Double]) {
        let bias = dense.useBias ? weights[layer][1].values : Array(repeating: 0, count: dense.units)
        return (weights[layer][0], bias.map { Double($0) })
    }

    private mutating func replace(_ dense: Dense, _ layer: Int, rows: Int, kernel: [Double], bias: [Double]) {
        var dense = dense
        dense.useBias = true
        layers[layer] = dense
        weights[layer] = [
            Tensor(shape: [rows, dense.units], values: kernel.map { Float($0) }),
            Tensor(shape: [dense.units], values: bias.map { Float($0) }),
        ]
    }
}
