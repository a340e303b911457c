import Base
import Network
import Tensors

/// One call of a layer, on its way into the graph. What a layer does is read from its config, in Keras' words.
struct ExportedCall {
    let layer: any Layer
    /// Where the layer lies, as `backbone/conv1`.
    let path: String
    let inputs: [Value]
    /// In Keras' order, without the batch, and the axes whose size depends on the data.
    let outputShape: [Int]
    let outputFree: Set<Int>
    let weights: [Tensor]
    let weightNames: [String]
    let maskUse: MaskUse
    let graph: GraphBuilder
    var config: LayerConfig

    init(
        layer: any Layer, path: String, inputs: [Value], outputShape: [Int], outputFree: Set<Int>,
        weights: [Tensor], maskUse: MaskUse, graph: GraphBuilder
    ) {
        (self.layer, self.path, self.inputs, self.graph) = (layer, path, inputs, graph)
        (self.outputShape, self.outputFree, self.maskUse) = (outputShape, outputFree, maskUse)
        (self.weights, weightNames) = (weights, layer.weights(for: inputs.map(\.shape)).map(\.name))
        var object = layer.config
        object["name"] = .string(path)
        config = LayerConfig(className: layer.className, object)
    }

    /// The only input, or the first of several.
    var input: Value { inputs[0] }

    func error(_ message: String) -> CellarError { CellarError(message, subject: config.subject) }

    /// A weight by its name in Keras; nil where the layer has none of that name.
    func weight(_ name: String) -> Tensor? {
        weightNames.firstIndex(of: name).map { weights[$0] }
    }

    /// A weight as a constant of the graph, after a change that makes it what ONNX wants.
    func constant(_ name: String, _ change: (Tensor) -> Tensor = { $0 }) -> String? {
        weight(name).map { tensor in graph.weight(name) { change(tensor) } }
    }

    /// The same for a weight that the layer cannot be without.
    func required(_ name: String, _ change: (Tensor) -> Tensor = { $0 }) throws(CellarError) -> String {
        guard let name = constant(name, change) else {
            throw error("has no weight \"\(name)\"; it has \(weightNames.joined(separator: ", "))")
        }
        return name
    }

    /// What the call computes.
    func output(_ name: String, _ layout: AxisOrder = .keras) -> Value {
        let value = Value(name, layout, shape: outputShape, free: outputFree, graph: graph)
        switch maskUse {
        case .ends: break
        case .passes: value.mask = inputs.first?.mask ?? .none
        case .takes(let input): value.mask = inputs[input].mask
        // Exporters that can make the mask put it in its place.
        case .makes: value.mask = .lost(path)
        }
        return value
    }

    /// What the call computes where it has one output or several.
    func outputs(_ names: [String]) -> Value {
        let value = output(names[0])
        if names.count > 1 { value.parts = names }
        return value
    }

    /// What the call computes number by number: in whatever layout the input is.
    func elementwise(_ body: (String) -> String) -> Value {
        output(body(input.name(input.native)), input.native)
    }

    /// The input's mask [batch, steps] as a tensor, for a layer that looks at it.
    func mask(_ index: Int = 0) throws(CellarError) -> String? {
        guard inputs.indices.contains(index) else { return nil }
        switch inputs[index].mask {
        case .none: return nil
        case .tensor(let name, rank: 1): return name
        case .tensor: throw error("looks at a mask of several axes, which ONNX export cannot do yet")
        case .lost(let source):
            throw error("looks at the mask that \"\(source)\" makes, which ONNX export cannot follow yet")
        }
    }

    /// Keras' number of a sample's axis (1 is the first behind the batch, −1 the last), counted from 0.
    func axis(_ axis: Int, rank: Int) throws(CellarError) -> Int {
        let found = axis < 0 ? axis + rank : axis - 1
        guard found >= 0, found < rank else {
            throw error("names axis \(axis), which an input of \(rank + 1) axes does not have")
        }
        return found
    }

    /// The size of an axis that has to be known beforehand.
    func fixed(_ value: Value, axis: Int) throws(CellarError) -> Int {
        guard !value.free.contains(axis) else {
            throw error("needs the size of its input's axis \(axis + 1), which the model leaves free")
        }
        return value.shape[axis]
    }
}

extension Tensor {
    /// The axes in another order: `order[i]` is the old axis that becomes axis i.
    func permuted(_ order: [Int]) -> Tensor {
        let sizes = order.map { shape[$0] }
        var strides = shape.map { _ in 1 }
        for axis in strides.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        let steps = order.map { strides[$0] }
        var result: [Float] = []
        result.reserveCapacity(values.count)
        var place = sizes.map { _ in 0 }
        var source = 0
        for _ in values.indices {
            result.append(values[source])
            // The next place in row-major order.
            for axis in sizes.indices.reversed() {
                place[axis] += 1
                source += steps[axis]
                if place[axis] < sizes[axis] { break }
                source -= steps[axis] * sizes[axis]
                place[axis] = 0
            }
        }
        return Tensor(shape: sizes, values: result)
    }

    func reshaped(_ shape: [Int]) -> Tensor { Tensor(shape: shape, values: values) }
}
