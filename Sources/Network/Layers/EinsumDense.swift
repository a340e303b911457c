import Base
import Tensors

/// `y = activation(einsum(equation, x, kernel) + bias)`, for example `abc,cd->abd`: input axes that are not in
/// the output are summed over. Weights: kernel, one axis for each letter of the equation's second term; bias,
/// if there are `bias_axes`.
///
/// Source: Keras' EinsumDense.
public struct EinsumDense: StatelessLayer {
    public static let className = "EinsumDense"
    public var name = "einsum_dense"
    public var trainable = true
    public var equation: String
    /// Sizes of the output's axes, as in the config: nil if the input determines the size.
    public var outputSizes: [Int?]
    public var biasAxes: String?
    public var activation: Activation
    public var kernel = WeightOptions(.glorotUniform)
    public var bias = WeightOptions(.zeros)
    public var activityPenalty: ActivityPenalty?

    public init(from config: inout LayerConfig) throws(CellarError) {
        equation = try config.string("equation").filter { $0 != " " }
        guard let shape = config.value("output_shape") else {
            throw config.error("output_shape is missing", key: "output_shape")
        }
        let items = shape.array ?? [shape]
        guard items.allSatisfy({ $0.isNull || (1...Int(Int32.max)).contains($0.int ?? 0) }) else {
            throw config.error(
                "output_shape must be sizes of axes, or null where the input tells, but is \(shape.text().prefix(60))",
                key: "output_shape")
        }
        outputSizes = items.map(\.int)
        let axes = config.value("bias_axes") == nil ? "" : try config.string("bias_axes")
        biasAxes = axes.isEmpty ? nil : axes
        activation = try config.activation()
        guard activation != .glu else {
            throw config.error(
                "activation is glu, which halves the last axis: not supported", key: "activation")
        }
        kernel = try config.weight("kernel", initializer: .glorotUniform)
        bias = try config.weight("bias", initializer: .zeros)
        activityPenalty = try config.activityPenalty()
        try config.refuse("lora_rank", "quantization_config")
        config.ignore("lora_alpha", "gptq_unpacked_column_size")
        do { _ = try EinsumWords(equation) } catch { throw config.error(error.message, key: "equation") }
    }

    public var config: JSONObject {
        var config: JSONObject = [
            "equation": .string(equation),
            "output_shape": .array(outputSizes.map { $0.map { .integer($0) } ?? .null }),
            "activation": activation.json, "bias_axes": biasAxes.map { .string($0) } ?? .null,
        ]
        kernel.write("kernel", to: &config)
        bias.write("bias", to: &config)
        config["activity_regularizer"] = activityPenalty?.json ?? .null
        return config
    }

    // MARK: Shapes

    func plan(_ input: [Int]) throws(CellarError) -> EinsumPlan {
        do {
            return try EinsumPlan(
                try EinsumWords(equation), input: input, output: outputSizes, biasAxes: biasAxes)
        } catch {
            throw CellarError(
                "(\(equation), output_shape \(outputSizes.map { $0.map(String.init) ?? "null" }), input \(input)): "
                    + error.message, subject: subject, key: "equation")
        }
    }

    private func planned(_ call: CallMemory) -> EinsumPlan {
        guard let plan = try? plan(call.inputShapes[0]) else {
            preconditionFailure("outputShape has checked it")
        }
        return plan
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let plan = try plan(try onlyShape(inputs))
        try checkSize(plan.kernelShape, "the kernel", subject: subject)
        try checkSize(plan.output, "the output", subject: subject)
        return plan.output
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        guard let plan = try? plan(inputs[0]) else { return [] }
        let kernel = kernel.spec("kernel", shape: plan.kernelShape)
        return biasAxes == nil ? [kernel] : [kernel, bias.spec("bias", shape: plan.biasShape)]
    }

    // MARK: Passes

    /// The ranges of the scratch: input, kernel and output in the product's axis order, and the
    /// pre-activations; while training, also the gradients of the first three and a transposed kernel.
    private struct EinsumWorkspace {
        let x, kernel, y, z, dx, dkernel, dy, transposed, penalty: Range<Int>
        let count: Int

        init(_ plan: EinsumPlan, rows: Int, training: Bool, penalty numbers: Int) {
            var layout = ArenaLayout()
            let (x, kernel, y) = (plan.inputCount, plan.kernelCount, plan.outputCount)
            func forTraining(_ count: Int) -> Range<Int> { layout.reserve(training ? count : 0) }
            (self.x, self.kernel) = (layout.reserve(rows * x), layout.reserve(kernel))
            (self.y, z) = (layout.reserve(rows * y), layout.reserve(rows * y))
            (dx, dkernel, dy) = (forTraining(rows * x), forTraining(kernel), forTraining(rows * y))
            transposed = forTraining(kernel)
            penalty = layout.reserve(numbers)
            count = layout.count
        }
    }

    private func layout(_ plan: EinsumPlan, rows: Int, training: Bool) -> EinsumWorkspace {
        EinsumWorkspace(
            plan, rows: rows, training: training,
            penalty: training ? activityPenalty?.scratch(size: rows * plan.outputCount) ?? 0 : 0)
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        guard let plan = try? plan(inputs[0]) else { return 0 }
        return layout(plan, rows: rows, training: training).count
    }

    public func forward(_ call: CallMemory) {
        let plan = planned(call)
        let layout = layout(plan, rows: call.capacity, training: call.isForTraining)
        func room(_ range: Range<Int>, _ count: Int) -> Floats { call.scratch[range].prefix(count) }
        let (rows, z) = (call.rows, room(layout.z, call.rows * plan.outputCount))
        let x = room(layout.x, rows * plan.inputCount)
        plan.inputView.read(call.x(), rows: rows, rowStride: plan.inputCount, into: x)
        let kernel = room(layout.kernel, plan.kernelCount)
        plan.kernelView.read(call.weights[0], rows: 1, rowStride: plan.kernelCount, into: kernel)
        let y = room(layout.y, z.count)
        plan.eachProduct(rows: rows) { i, k, o in
            multiply(x[i], kernel[k], into: y[o], m: plan.free, n: plan.made, k: plan.summed)
        }
        plan.outputBack.read(y, rows: rows, rowStride: plan.outputCount, into: z)
        if biasAxes != nil {
            let (bias, places) = (call.weights[1], plan.biasPlaces)
            for row in 0..<rows {
                for (i, place) in places.enumerated() { z[row * places.count + i] += bias[place] }
            }
        }
        activation.forward(z, into: call.y, width: call.outputShape.last ?? 1)
        if call.isForTraining { activityPenalty?.forward(call, room: call.scratch[layout.penalty]) }
    }

    public func backward(_ call: CallMemory) {
        let plan = planned(call)
        let layout = layout(plan, rows: call.capacity, training: call.isForTraining)
        func room(_ range: Range<Int>, _ count: Int) -> Floats { call.scratch[range].prefix(count) }
        activityPenalty?.backward(call, room: call.scratch[layout.penalty])
        let (rows, dz) = (call.rows, call.dy)
        let z = room(layout.z, dz.count)
        activation.backward(dz, z: z, y: call.y, into: dz, width: call.outputShape.last ?? 1)
        if biasAxes != nil, let gradient = call.weightGradients[1] {
            let places = plan.biasPlaces
            gradient.fill(0)
            for row in 0..<rows {
                for (i, place) in places.enumerated() { gradient[place] += dz[row * places.count + i] }
            }
        }
        let dy = room(layout.dy, dz.count)
        plan.outputView.read(dz, rows: rows, rowStride: plan.outputCount, into: dy)
        if let gradient = call.weightGradients[0] {
            let (x, dkernel) = (
                room(layout.x, rows * plan.inputCount), room(layout.dkernel, plan.kernelCount)
            )
            dkernel.fill(0)
            plan.eachProduct(rows: rows) { i, k, o in
                multiply(
                    x[i], dy[o], into: dkernel[k], m: plan.summed, n: plan.made, k: plan.free,
                    transposed: true, epilogue: Epilogue(accumulate: true))
            }
            plan.kernelBack.read(dkernel, rows: 1, rowStride: plan.kernelCount, into: gradient)
        }
        guard let target = call.dx() else { return }
        let (dx, transposed) = (
            room(layout.dx, rows * plan.inputCount), room(layout.transposed, plan.kernelCount)
        )
        let kernel = room(layout.kernel, plan.kernelCount)
        let size = plan.summed * plan.made
        for start in stride(from: 0, to: kernel.count, by: size) {
            let here = start..<start + size
            transpose(kernel[here], rows: plan.summed, columns: plan.made, into: transposed[here])
        }
        plan.eachProduct(rows: rows) { i, k, o in
            multiply(dy[o], transposed[k], into: dx[i], m: plan.free, n: plan.summed, k: plan.made)
        }
        plan.inputBack.read(dx, rows: rows, rowStride: plan.inputCount, into: target)
    }
}
