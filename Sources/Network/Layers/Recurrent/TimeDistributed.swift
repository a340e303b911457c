import Base
import Tensors

/// Applies one layer to every time step: each step of [steps, …] becomes a sample. The weights are those of the
/// inner layer.
///
/// A model inside TimeDistributed is computed layer by layer, each in a TimeDistributed of its own (`init(member:form:)`).
public struct TimeDistributed: Layer {
    public static let className = "TimeDistributed"
    public var name = "time_distributed"
    public var trainable = true
    public private(set) var layer: any Layer
    private var form = MaskForm.keras2
    private var isMember = false

    public init(_ layer: any Layer) { self.layer = layer }

    /// Creates a layer of a model that is applied to every time step. In files it is `layer`.
    public init(member layer: any Layer, form: MaskForm) throws(CellarError) {
        guard layer.outputCount == 1 else {
            throw CellarError(
                "has \(layer.outputCount) outputs inside a model that is applied to each time step, which is not "
                    + "supported", subject: layer.subject)
        }
        (self.layer, self.form, isMember) = (layer, form, true)
        (name, trainable) = (layer.name, layer.trainable)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        form = MaskForm(from: &config)
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
    public var inFile: any Layer { isMember ? layer.inFile : self }
    public var wrapped: (any Layer)? { layer }

    private func inside(_ inputs: [[Int]]) -> [[Int]] { inputs.map { Array($0.dropFirst()) } }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        if !isMember {
            let input = try onlyShape(inputs)
            guard input.count >= 2 else {
                throw CellarError(
                    "takes samples of shape [steps, …], but they are \(input)", subject: subject)
            }
        }
        guard let steps = inputs.first?.first, inputs.allSatisfy({ $0.first == steps }) else {
            throw CellarError(
                "takes samples of the same number of steps, but they are \(inputs)", subject: subject)
        }
        do {
            return [steps] + (try layer.outputShape(for: inside(inputs)))
        } catch {
            throw CellarError("for each step: \(error)", subject: subject)
        }
    }

    /// tf.keras passes on the inner layer's mask, or a mask of the steps that have any valid number; Keras 3 the input's mask, as
    /// it is. The layers of a model pass on masks of numbers within a step as they do outside, and others as they are.
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse {
        let mask = masks.first ?? nil
        if form == .keras3, !isMember {
            // A mask that does not fit the output's steps is of no use to any layer.
            guard let mask, let output = try? outputShape(for: inputs) else { return .ends }
            return mask.count == 1 || output.dropLast().elementsEqual(mask) ? .passes : .ends
        }
        let inner = masks.map(innerMask)
        let use = layer.mask(for: inside(inputs), masks: inner)
        if case .makes(let shape) = use { return .makes([inputs[0][0]] + shape) }
        if isMember { return inner.allSatisfy { $0 == nil } ? .passes : use }
        return use == .ends && mask?.count ?? 1 > 1 ? .makes([inputs[0][0]]) : .passes
    }

    public var usesMasks: Bool { layer.usesMasks }
    public static var hasMaskArgument: Bool { true }

    /// A mask with more axes than the steps belongs to the inner layer.
    private func innerMask(_ mask: [Int]?) -> [Int]? {
        guard let mask, mask.count > 1 else { return nil }
        return Array(mask.dropFirst())
    }

    public var maskWithStates: InitialStateMask? { layer.maskWithStates }
    public func maskJoin(sameMasks: Bool, rank: Int) -> MaskJoin? {
        layer.maskJoin(sameMasks: sameMasks, rank: rank - 1)
    }

    public func maskForm(for inputs: [[Int]], masks: [[Int]?]) -> MaskForm? {
        guard !isMember else { return layer.maskForm(for: inside(inputs), masks: masks.map(innerMask)) }
        var other = self
        other.form = form == .keras2 ? .keras3 : .keras2
        let shapes = [self, other].map { $0.mask(for: inputs, masks: masks).shape(masks) }
        return shapes[0] == shapes[1] ? nil : form
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        NestedLayer.weights(of: layer, for: inside(inputs))
    }

    public func weightGroups(count: Int) -> [WeightGroup] {
        layer.weightGroups(count: count).map { $0.inside("layer") }
    }

    public var dependsOnTraining: Bool { layer.dependsOnTraining }
    public var trainsStepByStep: Bool {
        form == .keras3 && layer.trainable
            && (layer.trainsStepByStep || type(of: layer.innermost).readsWholeBatch)
    }

    public func isView(training: Bool) -> Bool { layer.isView(training: training) }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        layer.scratch(for: inside(inputs), rows: rows * inputs[0][0], training: training)
    }

    public func makeCall(_ memory: CallMemory) -> any LayerCall {
        let steps = memory.inputShapes[0][0]
        func inner(_ mask: MaskWindow) -> MaskWindow? {
            innerMask(mask.shape).map { MaskWindow(window: mask.window, shape: $0) }
        }
        var windows = memory.windows
        // The inner layer ignores a mask of whole steps.
        windows.inputMasks = windows.inputMasks.map { $0.flatMap(inner) }
        var makesInnerMask = false
        if form == .keras2 || isMember,
            case .makes = layer.mask(
                for: inside(memory.inputShapes), masks: windows.inputMasks.map { $0?.shape })
        {
            makesInnerMask = true
        }
        windows.outputMask = makesInnerMask ? windows.outputMask.flatMap(inner) : nil
        let call = layer.makeCall(
            memory.inner(
                layer, inputShapes: inside(memory.inputShapes),
                outputShape: Array(memory.outputShape.dropFirst()), windows: windows, perSample: steps))
        return TimeDistributedCall(memory, call, reducesMask: form == .keras2 && !isMember && !makesInnerMask)
    }
}

private final class TimeDistributedCall: LayerCall {
    let memory: CallMemory
    private let inner: any LayerCall
    private let reducesMask: Bool

    init(_ memory: CallMemory, _ inner: any LayerCall, reducesMask: Bool) {
        (self.memory, self.inner, self.reducesMask) = (memory, inner, reducesMask)
    }

    func forward() {
        inner.forward()
        // If the inner layer consumes the mask, the output mask still tells which steps have any valid number.
        guard reducesMask, let inside = memory.mask(), let mask = memory.outputMask else { return }
        let size = inside.count / max(mask.count, 1)
        for i in 0..<mask.count {
            mask[i] = (i * size..<(i + 1) * size).contains { inside[$0] != 0 } ? 1 : 0
        }
    }

    func backward() { inner.backward() }
}
