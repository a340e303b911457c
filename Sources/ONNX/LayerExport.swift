import Base
import Network
import Tensors

/// A call of a layer during export. The layer's config has Keras' keys.
struct LayerExport {
    let layer: any Layer
    /// The path of the layer: `backbone/conv1`.
    let path: String
    let inputs: [Value]
    /// In Keras' order, without the batch, and the dynamic axes.
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

    /// The only or first input.
    var input: Value { inputs[0] }

    func error(_ message: String) -> CellarError { CellarError(message, subject: config.subject) }

    /// Returns a weight by its Keras name, or nil.
    func weight(_ name: String) -> Tensor? {
        weightNames.firstIndex(of: name).map { weights[$0] }
    }

    /// Returns a weight as a constant of the graph, after a conversion to ONNX' layout.
    func constant(_ name: String, _ change: (Tensor) -> Tensor = { $0 }) -> String? {
        weight(name).map { tensor in graph.weight(name) { change(tensor) } }
    }

    /// Returns a weight that must exist as a constant.
    func required(_ name: String, _ change: (Tensor) -> Tensor = { $0 }) throws(CellarError) -> String {
        guard let name = constant(name, change) else {
            throw error("has no weight \"\(name)\"; it has \(weightNames.joined(separator: ", "))")
        }
        return name
    }

    /// Returns the result of the call.
    func output(_ name: String, _ layout: AxisOrder = .keras) -> Value {
        let value = Value(name, layout, shape: outputShape, free: outputFree, graph: graph)
        switch maskUse {
        case .ends: break
        case .passes: value.mask = inputs.first?.mask ?? .none
        // Exporters that can compute the mask replace this.
        case .makes: value.mask = .lost(path)
        }
        return value
    }

    /// Returns an elementwise result in the axis order of the input.
    func elementwise(_ body: (String) -> String) -> Value {
        output(body(input.name(input.native)), input.native)
    }

    /// Returns the input's mask [batch, steps] as a tensor, for a layer that uses it.
    func mask(_ index: Int = 0) throws(CellarError) -> String? {
        guard inputs.indices.contains(index) else { return nil }
        switch inputs[index].mask {
        case .none: return nil
        case .tensor(let name, rank: 1): return name
        case .tensor: throw error("uses a mask with several axes, which ONNX export does not support yet")
        case .lost(let source):
            throw error("uses the mask of \"\(source)\", which ONNX export does not support yet")
        }
    }

    /// Converts Keras' axis number (1 is the first after the batch, −1 the last) to one of a sample, counted
    /// from 0.
    func axis(_ axis: Int, rank: Int) throws(CellarError) -> Int {
        let found = axis < 0 ? axis + rank : axis - 1
        guard found >= 0, found < rank else {
            throw error("uses axis \(axis), but its input has \(rank + 1) axes")
        }
        return found
    }

    /// Returns the size of an axis that must not be dynamic.
    func fixed(_ value: Value, axis: Int) throws(CellarError) -> Int {
        guard !value.free.contains(axis) else {
            throw error("needs a fixed size of axis \(axis + 1) of its input, but the model leaves it free")
        }
        return value.shape[axis]
    }
}

extension Tensor {
    /// Transposes the tensor: `order[i]` is the old axis that becomes axis i.
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
            // Advances to the next index in row-major order.
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
