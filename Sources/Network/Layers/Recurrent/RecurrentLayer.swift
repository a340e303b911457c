import Base
import Tensors

/// A recurrent layer: [steps, features] -> [units], or [steps, units] for a whole sequence. The weights are
/// kernel [features, gates · units], recurrent_kernel [units, gates · units] and a bias.
///
/// This protocol and `RecurrentPass` contain everything except the arithmetic of one step: input products,
/// masks, dropout, sequences and backpropagation through time (Werbos, 1990).
protocol RecurrentLayer: LayerOfSeveralOutputs, StatelessLayer {
    var options: RecurrentOptions { get set }
    /// The number of blocks of `units` columns in the kernels.
    static var gates: Int { get }
    static var hasGates: Bool { get }
    /// Numbers per unit besides the gates that a step keeps for the backward pass (`keptPerStep`), and numbers
    /// per unit besides the output that are carried from step to step (`carried`).
    var keptPerStep: Int { get }
    var carried: Int { get }

    func biasSpec() -> WeightSpec

    /// The row that is added to the input's product; nil if there is none.
    func inputBias(_ call: CallMemory) -> Floats?
    /// Computes the state after step t from the input's product `pass.z(t)` and the previous state.
    func stepForward(_ pass: RecurrentPass, _ t: Int)
    /// Computes the gradient before step t and those of all products from the gradient `pass.dhAfter(t)`.
    func stepBackward(_ pass: RecurrentPass, _ t: Int)
    /// Computes the gradients of the recurrent kernel and the bias after all steps.
    func recurrentGradients(_ pass: RecurrentPass)
}

extension RecurrentLayer {
    public var config: JSONObject { options.json(hasGates: Self.hasGates) }
    public static var takesInitialState: Bool { true }
    public mutating func takeMaskArgument() { options.masksWithStates = .zeroesLeading }
    public var maskWithStates: InitialStateMask? { options.masksWithStates }
    public var dependsOnTraining: Bool { options.dropout > 0 || options.recurrentDropout > 0 }

    public var outputCount: Int { options.returnState ? 2 + carried : 1 }
    public func outputCarriesMask(_ output: Int) -> Bool { output == 0 }

    /// The shape of the output, followed by the shapes [units] of the states if they are returned. The inputs
    /// after the first are the initial states.
    public func outputShapes(for inputs: [[Int]]) throws(CellarError) -> [[Int]] {
        let input = inputs.first ?? []
        guard inputs.count == 1 || inputs.count == 2 + carried,
            inputs.dropFirst().allSatisfy({ $0 == [options.units] })
        else {
            throw CellarError(
                "takes a sequence, and perhaps \(carried == 0 ? "a state" : "\(1 + carried) states") of "
                    + "[\(options.units)] to begin with, but the shapes of its inputs are \(inputs)",
                subject: subject)
        }
        guard input.count == 2 else {
            throw CellarError(
                "takes samples of shape [steps, features], but they are \(input)", subject: subject)
        }
        guard Double(input[1]) * Double(Self.gates * options.units) <= 0x1p31,
            Double(Self.gates * options.units) * Double(options.units) <= 0x1p31
        else {
            throw CellarError(
                "has \(options.units) units for \(input[1]) features: more weights than a layer can have",
                subject: subject)
        }
        let output = options.returnSequences ? [input[0], options.units] : [options.units]
        return [output] + Array(repeating: [options.units], count: outputCount - 1)
    }

    public var usesMasks: Bool { true }
    public static var hasMaskArgument: Bool { true }
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse {
        options.returnSequences ? .passes : .ends
    }

    func biasSpec() -> WeightSpec { options.bias.spec("bias", shape: [Self.gates * options.units]) }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let (features, width) = (inputs[0].last ?? 1, Self.gates * options.units)
        let kernels = [
            options.kernel.spec("kernel", shape: [features, width]),
            options.recurrentKernel.spec("recurrent_kernel", shape: [options.units, width]),
        ]
        return options.useBias ? kernels + [biasSpec()] : kernels
    }

    public func weightGroups(count: Int) -> [WeightGroup] { [WeightGroup(path: "cell", count: count)] }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        RecurrentLayout(self, input: inputs[0], rows: rows, training: training).count
    }

    func inputBias(_ call: CallMemory) -> Floats? { options.useBias ? call.weights[2] : nil }

    public func forward(_ call: CallMemory) {
        RecurrentPass(call, self).forward(self)
        if call.isForTraining { options.activityPenalty?.forward(call, room: call.scratch) }
    }

    public func backward(_ call: CallMemory) {
        options.activityPenalty?.backward(call, room: call.scratch)
        RecurrentPass(call, self).backward(self)
    }
}
