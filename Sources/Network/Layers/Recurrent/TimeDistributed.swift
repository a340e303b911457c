import Base
import Tensors

/// Applies one layer to every time step: each step of [steps, …] becomes a sample. The weights are those of the
/// inner layer.
public struct TimeDistributed: Layer {
    public static let className = "TimeDistributed"
    public var name = "time_distributed"
    public var trainable = true
    public private(set) var layer: any Layer

    public init(_ layer: any Layer) { self.layer = layer }

    public init(from config: inout LayerConfig) throws(CellarError) {
        guard let layer = try NestedLayer.read("layer", from: &config) else {
            throw config.error("layer is missing", key: "layer")
        }
        guard !layer.isInput else {
            throw config.error("is around \(layer.subject), which computes nothing", key: "layer")
        }
        guard layer.outputCount == 1 else {
            throw config.error(
                "is around \(layer.subject), which gives \(layer.outputCount) outputs: one is possible",
                key: "layer")
        }
        self.layer = layer
    }

    public var config: JSONObject { ["layer": NestedLayer.json(layer)] }

    private func inside(_ inputs: [[Int]]) -> [[Int]] { inputs.map { Array($0.dropFirst()) } }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let input = try onlyShape(inputs)
        guard input.count >= 2 else {
            throw CellarError("takes samples of shape [steps, …], but they are \(input)", subject: subject)
        }
        do {
            return [input[0]] + (try layer.outputShape(for: inside(inputs)))
        } catch {
            throw CellarError("for each step: \(error)", subject: subject)
        }
    }

    /// Passes on a mask of whole steps. A mask with more axes belongs to the inner layer.
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse {
        let mask = masks.first ?? nil
        switch layer.mask(for: inside(inputs), masks: [innerMask(mask)]) {
        case .makes(let shape): return .makes([inputs[0][0]] + shape)
        case .passes: return .passes
        case .ends: return (mask?.count ?? 1) > 1 ? .makes([inputs[0][0]]) : .passes
        }
    }

    private func innerMask(_ mask: [Int]?) -> [Int]? {
        guard let mask, mask.count > 1 else { return nil }
        return Array(mask.dropFirst())
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        NestedLayer.weights(of: layer, for: inside(inputs))
    }

    public func weightGroups(count: Int) -> [WeightGroup] {
        layer.weightGroups(count: count).map { $0.inside("layer") }
    }

    public var dependsOnTraining: Bool { layer.dependsOnTraining }

    public func isView(training: Bool) -> Bool { layer.isView(training: training) }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        layer.scratch(for: inside(inputs), rows: rows * inputs[0][0], training: training)
    }

    public func makeCall(_ memory: CallMemory) -> any LayerCall {
        let steps = memory.inputShapes[0][0]
        var makesInnerMask = false
        if case .makes = layer.mask(for: inside(memory.inputShapes), masks: [nil]) { makesInnerMask = true }
        var windows = memory.windows
        // A mask's numbers for one step; the inner layer ignores a mask of whole steps.
        windows.inputMasks = windows.inputMasks.map { mask in
            guard let mask, mask.size > steps else { return nil }
            return MaskWindow(window: mask.window, size: mask.size / steps)
        }
        windows.outputMask = windows.outputMask.flatMap {
            makesInnerMask ? MaskWindow(window: $0.window, size: $0.size / steps) : nil
        }
        let inner = layer.makeCall(
            memory.inner(
                layer, inputShapes: inside(memory.inputShapes),
                outputShape: Array(memory.outputShape.dropFirst()), windows: windows, perSample: steps))
        return TimeDistributedCall(memory, inner, makesInnerMask: makesInnerMask)
    }
}

private final class TimeDistributedCall: LayerCall {
    let memory: CallMemory
    private let inner: any LayerCall
    private let makesInnerMask: Bool

    init(_ memory: CallMemory, _ inner: any LayerCall, makesInnerMask: Bool) {
        (self.memory, self.inner, self.makesInnerMask) = (memory, inner, makesInnerMask)
    }

    func forward() {
        inner.forward()
        // If the inner layer consumes the mask, the output mask still tells which steps have any unmasked
        // number.
        guard let inside = memory.mask(), let mask = memory.outputMask, !makesInnerMask else { return }
        let size = inside.count / max(mask.count, 1)
        for i in 0..<mask.count {
            mask[i] = (i * size..<(i + 1) * size).contains { inside[$0] != 0 } ? 1 : 0
        }
    }

    func backward() { inner.backward() }
}
