import JSONText
import Tensors

/// A recurrent layer and another one that starts at the end, merged (Schuster and Paliwal, 1997). Whole sequences of the
/// second are turned round again, so that both stand at the same step. At masked steps such sequences are zero.
///
/// Weights: those of the forward layer, then those of the backward layer.
public struct Bidirectional: Layer {
    public static let className = "Bidirectional"

    public enum Merge: String, Sendable, CaseIterable {
        case concatenate = "concat"
        case sum
        case multiply = "mul"
        case average = "ave"
    }

    public var name = "bidirectional"
    public var trainable = true
    public private(set) var merge: Merge
    private var forwardLayer, backwardLayer: any RecurrentLayer
    /// Whether the backward layer has a config of its own.
    private var hasOwnBackward = false

    init(_ layer: any RecurrentLayer, merge: Merge = .concatenate) {
        (forwardLayer, backwardLayer, self.merge) = (layer, layer, merge)
        backwardLayer.options.goBackwards.toggle()
        zeroMasked()
    }

    public init(from config: inout LayerConfig) throws(ConfigError) {
        guard let layer = try NestedLayer.read("layer", from: &config) else {
            throw config.error("layer is missing", key: "layer")
        }
        guard let layer = layer as? any RecurrentLayer else {
            throw config.error(
                "is around \(layer.subject), but only SimpleRNN, LSTM and GRU are supported there",
                key: "layer")
        }
        guard config.object["merge_mode"]?.isNull != true else {
            throw config.error(
                "merge_mode is null, which gives two outputs: that is not supported", key: "merge_mode")
        }
        let word = try config.string(
            "merge_mode", default: "concat", oneOf: Merge.allCases.map(\.rawValue))
        self.init(layer, merge: Merge(rawValue: word) ?? .concatenate)
        if let other = try NestedLayer.read("backward_layer", from: &config) {
            guard let other = other as? any RecurrentLayer else {
                throw config.error(
                    "has \(other.subject) as backward_layer: no recurrent layer", key: "backward_layer")
            }
            backwardLayer = other
            zeroMasked()
            // Keras 3 writes one in any case; what follows from the forward layer need not be written again.
            hasOwnBackward = Self.plain(backwardLayer) != Self.plain(Bidirectional(layer).backwardLayer)
        }
        let (a, b) = (forwardLayer.options, backwardLayer.options)
        guard a.goBackwards != b.goBackwards, a.returnSequences == b.returnSequences else {
            throw config.error(
                "its two layers must go in different directions (go_backwards) and agree in return_sequences",
                key: "backward_layer")
        }
        guard a.units == b.units || merge == .concatenate else {
            throw config.error(
                "cannot merge \(a.units) and \(b.units) units by \(merge.rawValue)", key: "merge_mode")
        }
        try config.refuse("num_constants", "weights")
    }

    /// A layer's options without what differs by name only.
    private static func plain(_ layer: any RecurrentLayer) -> JSON {
        ["class_name": .string(layer.className), "config": .object(layer.config)]
    }

    private mutating func zeroMasked() {
        forwardLayer.options.zeroOutputForMask = forwardLayer.options.returnSequences
        backwardLayer.options.zeroOutputForMask = backwardLayer.options.returnSequences
    }

    public var config: JSONObject {
        var layer = forwardLayer
        // It is set when the layer is made again.
        layer.options.zeroOutputForMask = false
        var config: JSONObject = ["layer": NestedLayer.json(layer), "merge_mode": .string(merge.rawValue)]
        if hasOwnBackward {
            var layer = backwardLayer
            layer.options.zeroOutputForMask = false
            config["backward_layer"] = NestedLayer.json(layer)
        }
        return config
    }

    public func outputShape(for inputs: [[Int]]) throws(ConfigError) -> [Int] {
        do {
            let shape = try forwardLayer.outputShape(for: inputs)
            let other = try backwardLayer.outputShape(for: inputs)
            return merge == .concatenate ? shape.dropLast() + [(shape.last ?? 0) + (other.last ?? 0)] : shape
        } catch {
            throw ConfigError("\(error)", subject: subject)
        }
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse {
        forwardLayer.options.returnSequences ? .passes : .ends
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        // Keras gives both the same names, each in a group of its own.
        [("forward", forwardLayer), ("backward", backwardLayer)].flatMap { side, layer in
            NestedLayer.weights(of: layer, for: inputs).map { spec in
                var spec = spec
                spec.name = "\(side)_\(layer.name)/\(spec.name)"
                return spec
            }
        }
    }

    public func weightGroups(count: Int) -> [WeightGroup] {
        let first =
            forwardLayer.options.useBias == backwardLayer.options.useBias
            ? count / 2 : forwardLayer.options.useBias ? 3 : 2
        return forwardLayer.weightGroups(count: first).map { $0.inside("forward_layer") }
            + backwardLayer.weightGroups(count: count - first).map { $0.inside("backward_layer") }
    }

    // MARK: Memory

    /// The two layers' outputs, their gradients, the input's gradient of the second, and what each needs itself.
    private struct Layout {
        let outputs, scratches, gradients: [Range<Int>]
        let inputGradient: Range<Int>
        let count: Int
    }

    private func layout(_ inputs: [[Int]], rows: Int, training: Bool) -> Layout {
        var layout = ArenaLayout()
        let layers = [forwardLayer, backwardLayer]
        let sizes = layers.map { layer in
            rows * (layer.options.returnSequences ? inputs[0][0] : 1) * layer.options.units
        }
        return Layout(
            outputs: sizes.map { layout.reserve($0) },
            scratches: layers.map {
                layout.reserve($0.scratch(for: inputs, rows: rows, training: training))
            },
            gradients: sizes.map { layout.reserve(training ? $0 : 0) },
            inputGradient: layout.reserve(training ? rows * inputs[0].reduce(1, *) : 0), count: layout.count)
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        layout(inputs, rows: rows, training: training).count
    }

    public func innerSteps(_ step: Step) -> [Step] {
        let layout = layout(step.inputShapes, rows: step.capacity, training: step.isForTraining)
        let (memory, first) = (step.memory, forwardLayer.weights(for: step.inputShapes).count)
        return [forwardLayer, backwardLayer].enumerated().map { index, layer in
            let own = index == 0 ? 0..<first : first..<memory.weights.count
            let output = (try? layer.outputShape(for: step.inputShapes)) ?? []
            var inputGradient: Floats?
            if memory.inputGradients.first ?? nil != nil {
                inputGradient = index == 0 ? memory.inputGradients[0] : memory.scratch[layout.inputGradient]
            }
            return Step(
                inner: layer, of: step, number: index, inputShapes: step.inputShapes, outputShape: output,
                memory: Step.Memory(
                    inputs: memory.inputs, output: memory.scratch[layout.outputs[index]],
                    weights: Array(memory.weights[own]), scratch: memory.scratch[layout.scratches[index]],
                    inputGradients: [inputGradient],
                    outputGradient: step.isForTraining ? memory.scratch[layout.gradients[index]] : nil,
                    weightGradients: memory.weightGradients.isEmpty ? [] : Array(memory.weightGradients[own]),
                    inputMasks: memory.inputMasks))
        }
    }

    // MARK: Passes

    /// Runs of units: where each lies in the output of the forward layer, of the backward layer, and of both.
    private func eachVector(_ step: Step, _ body: (Range<Int>, Range<Int>, Int) -> Void) {
        let (a, b) = (forwardLayer.options.units, backwardLayer.options.units)
        let steps = forwardLayer.options.returnSequences ? step.inputShapes[0][0] : 1
        for row in 0..<step.rows {
            for t in 0..<steps {
                let (i, j) = (row * steps + t, row * steps + steps - 1 - t)
                body(i * a..<(i + 1) * a, j * b..<(j + 1) * b, i)
            }
        }
    }

    public func forward(_ step: Step) {
        for inner in step.inner { inner.layer.forward(inner) }
        let (ahead, back, y) = (step.inner[0].y, step.inner[1].y, step.y)
        let width = step.outputShape.last ?? 1
        eachVector(step) { i, j, vector in
            let (x, z, target) = (ahead[i], back[j], y[vector * width..<(vector + 1) * width])
            switch merge {
            case .concatenate:
                target[0..<i.count].copy(from: x)
                target[i.count..<width].copy(from: z)
            case .sum: for k in 0..<width { target[k] = x[k] + z[k] }
            case .average: for k in 0..<width { target[k] = (x[k] + z[k]) / 2 }
            case .multiply: for k in 0..<width { target[k] = x[k] * z[k] }
            }
        }
    }

    public func backward(_ step: Step) {
        let (ahead, back, dy) = (step.inner[0], step.inner[1], step.dy)
        let width = step.outputShape.last ?? 1
        eachVector(step) { i, j, vector in
            let (dx, dz, d) = (ahead.dy[i], back.dy[j], dy[vector * width..<(vector + 1) * width])
            let (x, z) = (ahead.y[i], back.y[j])
            switch merge {
            case .concatenate:
                dx.copy(from: d[0..<i.count])
                dz.copy(from: d[i.count..<width])
            case .sum: for k in 0..<width { (dx[k], dz[k]) = (d[k], d[k]) }
            case .average: for k in 0..<width { (dx[k], dz[k]) = (d[k] / 2, d[k] / 2) }
            case .multiply: for k in 0..<width { (dx[k], dz[k]) = (d[k] * z[k], d[k] * x[k]) }
            }
        }
        for inner in step.inner { inner.layer.backward(inner) }
        if let total = step.dx(), let part = back.dx() { add(part, to: total) }
    }
}
