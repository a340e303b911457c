import Base
import Tensors

/// A recurrent layer and a second one that reads the sequence in reverse, with merged outputs (Schuster and
/// Paliwal, 1997). Whole sequences of the backward layer are reversed, so that both layers' outputs are aligned
/// by time step. The backward layer's outputs are zero at masked steps of such sequences.
///
/// Outputs: the merged output, or with a `merge_mode` of null the forward layer's output and then the backward
/// layer's; then, if they are returned, the states of the forward layer and those of the backward layer.
///
/// Weights: those of the forward layer, then those of the backward layer.
public struct Bidirectional: LayerOfSeveralOutputs {
    public static let className = "Bidirectional"
    public static let takesInitialState = true

    public enum Merge: String, Sendable, CaseIterable {
        case concatenate = "concat"
        case sum
        case multiply = "mul"
        case average = "ave"
        /// Keras' null: the layer has two outputs.
        case separate = ""
    }

    public var name = "bidirectional"
    public var trainable = true
    public private(set) var merge: Merge
    fileprivate var forwardLayer, backwardLayer: any RecurrentLayer
    /// Whether the backward layer has a config of its own.
    private var hasOwnBackward = false
    /// False for files of Keras before it was part of TensorFlow: a sequence's output at a masked step repeats
    /// the output of the previous step. No later Keras has an option for this.
    public private(set) var zeroesMasked = true

    public var returnsSequences: Bool { forwardLayer.options.returnSequences }

    init(_ layer: any RecurrentLayer, merge: Merge = .concatenate) {
        (forwardLayer, backwardLayer, self.merge) = (layer, layer, merge)
        backwardLayer.options.goBackwards.toggle()
        zeroMasked()
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        guard let layer = try NestedLayer.read("layer", from: &config) else {
            throw config.error("layer is missing", key: "layer")
        }
        guard let layer = layer as? any RecurrentLayer else {
            throw config.error(
                "is around \(layer.subject), but only SimpleRNN, LSTM and GRU are supported there",
                key: "layer")
        }
        let isSeparate = config.isNull("merge_mode")
        let word = try config.string(
            "merge_mode", default: isSeparate ? "" : "concat", oneOf: Merge.allCases.map(\.rawValue))
        self.init(layer, merge: Merge(rawValue: word) ?? .concatenate)
        zeroesMasked = try config.bool("zero_output_for_mask", default: true)
        zeroMasked()
        if let other = try NestedLayer.read("backward_layer", from: &config) {
            guard let other = other as? any RecurrentLayer else {
                throw config.error(
                    "has \(other.subject) as backward_layer: no recurrent layer", key: "backward_layer")
            }
            backwardLayer = other
            zeroMasked()
            // Keras 3 always writes one; a config that follows from the forward layer is omitted.
            var usual = Bidirectional(layer)
            usual.zeroesMasked = zeroesMasked
            usual.zeroMasked()
            hasOwnBackward = Self.plain(backwardLayer) != Self.plain(usual.backwardLayer)
        }
        let (a, b) = (forwardLayer.options, backwardLayer.options)
        guard a.goBackwards != b.goBackwards, a.returnSequences == b.returnSequences,
            a.returnState == b.returnState
        else {
            throw config.error(
                "its two layers must go in different directions (go_backwards) and agree in return_sequences and "
                    + "return_state", key: "backward_layer")
        }
        guard a.units == b.units || merge == .concatenate || merge == .separate else {
            throw config.error(
                "cannot merge \(a.units) and \(b.units) units by \(merge.rawValue)", key: "merge_mode")
        }
        try config.refuse("num_constants", "weights")
    }

    /// A layer's options without those that differ by name only.
    private static func plain(_ layer: any RecurrentLayer) -> JSON {
        ["class_name": .string(layer.className), "config": .object(layer.config)]
    }

    private mutating func zeroMasked() {
        forwardLayer.options.zeroOutputForMask = zeroesMasked && forwardLayer.options.returnSequences
        backwardLayer.options.zeroOutputForMask = zeroesMasked && backwardLayer.options.returnSequences
    }

    public var config: JSONObject {
        var layer = forwardLayer
        // It is set when the layer is created again.
        layer.options.zeroOutputForMask = false
        var config: JSONObject = [
            "layer": NestedLayer.json(layer),
            "merge_mode": merge == .separate ? .null : .string(merge.rawValue),
        ]
        if hasOwnBackward {
            var layer = backwardLayer
            layer.options.zeroOutputForMask = false
            config["backward_layer"] = NestedLayer.json(layer)
        }
        return config
    }

    public func reasonNotWritable(receivesMask: () -> Bool) -> String? {
        zeroesMasked || !returnsSequences || !receivesMask()
            ? nil
            : "is from a Keras version in which masked steps repeat the previous step; newer versions always set "
                + "them to zero"
    }

    private var mergedCount: Int { merge == .separate ? 2 : 1 }
    public var outputCount: Int { mergedCount + forwardLayer.outputCount + backwardLayer.outputCount - 2 }
    public func outputCarriesMask(_ output: Int) -> Bool { output < mergedCount }

    public mutating func takeMaskArgument() {
        forwardLayer.takeMaskArgument()
        backwardLayer.takeMaskArgument()
    }
    public var maskWithStates: InitialStateMask? { forwardLayer.maskWithStates }

    /// The inputs of one of the two layers: the sequence, and that layer's half of the initial states.
    private func inputs(_ all: Int, of side: Int) -> [Int] {
        let half = (all - 1) / 2
        return [0] + (1 + side * half..<1 + (side + 1) * half)
    }

    private func shapes(_ inputs: [[Int]], of side: Int) -> [[Int]] {
        self.inputs(inputs.count, of: side).map { inputs[$0] }
    }

    public func outputShapes(for inputs: [[Int]]) throws(CellarError) -> [[Int]] {
        guard inputs.count % 2 == 1 else {
            throw CellarError(
                "takes a sequence, and perhaps as many states for one direction as for the other, but has \(inputs.count) inputs",
                subject: subject)
        }
        do {
            let ahead = try forwardLayer.outputShapes(for: shapes(inputs, of: 0))
            let back = try backwardLayer.outputShapes(for: shapes(inputs, of: 1))
            let states = ahead.dropFirst() + back.dropFirst()
            let (a, b) = (ahead[0], back[0])
            switch merge {
            case .separate: return [a, b] + states
            case .concatenate: return [a.dropLast() + [(a.last ?? 0) + (b.last ?? 0)]] + states
            default: return [a] + states
            }
        } catch {
            throw CellarError("\(error)", subject: subject)
        }
    }

    public var dependsOnTraining: Bool { forwardLayer.dependsOnTraining || backwardLayer.dependsOnTraining }

    public var usesMasks: Bool { true }
    public static var hasMaskArgument: Bool { true }
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse {
        forwardLayer.options.returnSequences ? .passes : .ends
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        // Keras uses the same names for both, each in its own group.
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

    /// The two layers' outputs, their gradients, the input gradient of the second, and the scratch of each.
    private struct BidirectionalWorkspace {
        let outputs, scratches, gradients: [Range<Int>]
        let inputGradient: Range<Int>
        let count: Int
    }

    private func layout(_ inputs: [[Int]], rows: Int, training: Bool) -> BidirectionalWorkspace {
        var layout = ArenaLayout()
        let layers = [forwardLayer, backwardLayer]
        let sizes = layers.map { layer in
            rows * ((try? layer.outputShape(for: [inputs[0]])) ?? []).reduce(1, *)
        }
        return BidirectionalWorkspace(
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

    public func makeCall(_ memory: CallMemory) -> any LayerCall {
        let layout = layout(memory.inputShapes, rows: memory.capacity, training: memory.isForTraining)
        let (windows, first) = (memory.windows, forwardLayer.weights(for: memory.inputShapes).count)
        func side(_ layer: any RecurrentLayer, _ index: Int) -> any LayerCall {
            let own = index == 0 ? 0..<first : first..<windows.weights.count
            let places = inputs(memory.inputShapes.count, of: index)
            let shapes = places.map { memory.inputShapes[$0] }
            let output = (try? layer.outputShape(for: shapes)) ?? []
            var inputGradient: Floats?
            if windows.inputGradients.first ?? nil != nil {
                inputGradient =
                    index == 0 ? windows.inputGradients[0] : windows.scratch[layout.inputGradient]
            }
            let sideWindows = CallWindows(
                inputs: places.map { windows.inputs[$0] }, output: windows.scratch[layout.outputs[index]],
                weights: Array(windows.weights[own]), scratch: windows.scratch[layout.scratches[index]],
                inputGradients: windows.inputGradients.isEmpty
                    ? [] : [inputGradient] + places.dropFirst().map { windows.inputGradients[$0] },
                outputGradient: memory.isForTraining ? windows.scratch[layout.gradients[index]] : nil,
                weightGradients: windows.weightGradients.isEmpty ? [] : Array(windows.weightGradients[own]),
                inputMasks: Array(windows.inputMasks.prefix(1)))
            return layer.makeCall(
                memory.inner(
                    layer, number: index, inputShapes: shapes, outputShape: output,
                    windows: sideWindows))
        }
        return BidirectionalCall(self, memory, side(forwardLayer, 0), side(backwardLayer, 1))
    }
}

/// Runs a layer forward in time and one backward, and merges their outputs.
private final class BidirectionalCall: LayerCall {
    let memory: CallMemory
    private let layer: Bidirectional
    private let forwardCall, backwardCall: any LayerCall

    init(
        _ layer: Bidirectional, _ memory: CallMemory, _ forwardCall: any LayerCall,
        _ backwardCall: any LayerCall
    ) {
        (self.layer, self.memory) = (layer, memory)
        (self.forwardCall, self.backwardCall) = (forwardCall, backwardCall)
    }

    /// The ranges of a vector of units in the forward and the backward layer's output, and its offsets in the
    /// combined output: `merged` for the forward layer's or merged vector, `own` for a separate backward
    /// output.
    private struct VectorRanges {
        let ahead, back: Range<Int>
        let merged, own: Int
    }

    private func eachVector(_ body: (VectorRanges) -> Void) {
        let (a, b) = (layer.forwardLayer.options.units, layer.backwardLayer.options.units)
        let steps = layer.forwardLayer.options.returnSequences ? memory.inputShapes[0][0] : 1
        let width = layer.merge == .concatenate ? a + b : a
        let (aheadSize, backSize) = (forwardCall.memory.outputSize, backwardCall.memory.outputSize)
        for row in 0..<memory.rows {
            let start = row * memory.outputSize
            for t in 0..<steps {
                let (i, j) = (row * aheadSize + t * a, row * backSize + (steps - 1 - t) * b)
                body(
                    VectorRanges(
                        ahead: i..<i + a, back: j..<j + b, merged: start + t * width,
                        own: start + steps * a + t * b))
            }
        }
    }

    /// Calls `body` with the range of a row's states in an inner layer's output and in the combined output.
    private func eachState(
        _ body: (_ inner: CallMemory, _ from: Range<Int>, _ to: Range<Int>) -> Void
    ) {
        guard layer.forwardLayer.options.returnState else { return }
        let sizes = [layer.forwardLayer, layer.backwardLayer].map { ($0.outputCount - 1) * $0.options.units }
        for row in 0..<memory.rows {
            var end = (row + 1) * memory.outputSize
            for side in [1, 0] {
                let inner = side == 0 ? forwardCall.memory : backwardCall.memory
                let inside = (row + 1) * inner.outputSize
                body(inner, inside - sizes[side]..<inside, end - sizes[side]..<end)
                end -= sizes[side]
            }
        }
    }

    func forward() {
        forwardCall.forward()
        backwardCall.forward()
        let (ahead, back, y) = (forwardCall.memory.y, backwardCall.memory.y, memory.y)
        eachVector { place in
            let (x, z) = (ahead[place.ahead], back[place.back])
            let target = y[place.merged..<place.merged + x.count]
            switch layer.merge {
            case .concatenate:
                target.copy(from: x)
                y[place.merged + x.count..<place.merged + x.count + z.count].copy(from: z)
            case .separate:
                target.copy(from: x)
                y[place.own..<place.own + z.count].copy(from: z)
            case .sum: for k in 0..<x.count { target[k] = x[k] + z[k] }
            case .average: for k in 0..<x.count { target[k] = (x[k] + z[k]) / 2 }
            case .multiply: for k in 0..<x.count { target[k] = x[k] * z[k] }
            }
        }
        eachState { inner, from, to in y[to].copy(from: inner.y[from]) }
    }

    func backward() {
        let (ahead, back, dy) = (forwardCall.memory, backwardCall.memory, memory.dy)
        eachVector { place in
            let (dx, dz) = (ahead.dy[place.ahead], back.dy[place.back])
            let (x, z) = (ahead.y[place.ahead], back.y[place.back])
            let d = dy[place.merged..<place.merged + dx.count]
            switch layer.merge {
            case .concatenate:
                dx.copy(from: d)
                dz.copy(from: dy[place.merged + dx.count..<place.merged + dx.count + dz.count])
            case .separate:
                dx.copy(from: d)
                dz.copy(from: dy[place.own..<place.own + dz.count])
            case .sum: for k in 0..<d.count { (dx[k], dz[k]) = (d[k], d[k]) }
            case .average: for k in 0..<d.count { (dx[k], dz[k]) = (d[k] / 2, d[k] / 2) }
            case .multiply: for k in 0..<d.count { (dx[k], dz[k]) = (d[k] * z[k], d[k] * x[k]) }
            }
        }
        eachState { inner, from, to in inner.dy[from].copy(from: dy[to]) }
        forwardCall.backward()
        backwardCall.backward()
        if let total = memory.dx(), let part = back.dx() { add(part, to: total) }
    }
}
