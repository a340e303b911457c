import Base
import Tensors

/// Stacked recurrent cells: at each time step, a cell's input is the output of the previous cell. An RNN of one
/// cell is computed as the layer of that cell; StackedRNNCells are computed as consecutive layers that return
/// whole sequences.
///
/// Weights: those of each cell, from the first to the last.
public struct RNN: LayerOfSeveralOutputs {
    public static let className = "RNN"
    public static let takesInitialState = true
    public var name = "rnn"
    public var trainable = true
    private var layers: [any RecurrentLayer]
    /// The name of the StackedRNNCells; nil for a single cell.
    private let stackName: String?

    private static let cells = ["SimpleRNNCell", "LSTMCell", "GRUCell"]
    /// Options of the sequence, which are in the RNN's config and not in the cell's.
    private static let options = [
        "return_sequences", "return_state", "go_backwards", "stateful", "unroll", "time_major",
        "zero_output_for_mask", InitialStateMask.key,
    ]

    public init(from config: inout LayerConfig) throws(CellarError) {
        guard let cell = config.value("cell") else { throw config.error("cell is missing", key: "cell") }
        let isStack = cell["class_name"] == "StackedRNNCells"
        let members = isStack ? cell["config"]?["cells"]?.array ?? [] : [cell]
        stackName = isStack ? cell["config"]?["name"]?.string ?? "stacked_rnn_cells" : nil
        guard !members.isEmpty else {
            throw config.error("its StackedRNNCells have no cells", key: "cell")
        }
        var options = JSONObject()
        for key in Self.options {
            if let value = config.value(key) { options[key] = value }
        }
        layers = []
        for member in members {
            let isLast = layers.count == members.count - 1
            layers.append(
                try Self.layer(
                    member, options: isLast ? options : ["return_sequences": true], of: config))
        }
        if layers.count > 1 {
            guard !(layers[layers.count - 1].options.returnState) else {
                throw config.error(
                    "return_state is true for several cells, which is not supported: only for one cell",
                    key: "return_state")
            }
            // The first layer reverses the sequence; for the following layers only the mask is reversed.
            let goesBackwards = layers[layers.count - 1].options.goBackwards
            for index in layers.indices {
                layers[index].options.goBackwards = goesBackwards && index == 0
                layers[index].options.turnsMask = goesBackwards && index > 0
            }
        }
    }

    private static func layer(
        _ cell: JSON, options: JSONObject, of config: LayerConfig
    ) throws(CellarError) -> any RecurrentLayer {
        guard let className = cell["class_name"]?.string, cells.contains(className),
            var merged = cell["config"]?.object
        else {
            throw config.error(
                "its cell must be one of \(cells.joined(separator: ", ")) or StackedRNNCells of them, but is "
                    + "\(cell["class_name"]?.text() ?? String(cell.text().prefix(60)))", key: "cell")
        }
        for (key, value) in options.members { merged[key] = value }
        do {
            let layer = try LayerTable.make(className: String(className.dropLast(4)), config: merged)
            guard let layer = layer as? any RecurrentLayer else {
                preconditionFailure("every cell has a layer")
            }
            return layer
        } catch {
            throw config.error("its cell: \(error)", key: "cell")
        }
    }

    public mutating func takeMaskArgument() {
        for index in layers.indices { layers[index].takeMaskArgument() }
    }
    public var maskWithStates: InitialStateMask? { layers[0].maskWithStates }

    // MARK: Config

    private func json(_ layer: any RecurrentLayer) -> JSON {
        var config = layer.config
        for key in Self.options + ["activity_regularizer"] { config[key] = nil }
        return Self.object(layer.className + "Cell", layer.name, layer.trainable, config)
    }

    private static func object(
        _ className: String, _ name: String, _ trainable: Bool, _ options: JSONObject
    ) -> JSON {
        var config: JSONObject = ["name": .string(name), "trainable": .bool(trainable), "dtype": "float32"]
        for (key, value) in options.members { config[key] = value }
        // Keras 3 finds a cell by its module, even if the layers around it have none; Keras 2 ignores the
        // module.
        return [
            "module": "keras.layers", "class_name": .string(className), "config": .object(config),
            "registered_name": nil,
        ]
    }

    public var config: JSONObject {
        let last = layers[layers.count - 1]
        var config: JSONObject = [:]
        for (key, value) in last.config.members where Self.options.contains(key) { config[key] = value }
        config["go_backwards"] = .bool(layers[0].options.goBackwards)
        config["cell"] =
            stackName.map { stack in
                Self.object("StackedRNNCells", stack, true, ["cells": .array(layers.map(json))])
            } ?? json(last)
        return config
    }

    // MARK: Shapes and weights

    /// The input shapes of each cell.
    private func inputShapes(_ inputs: [[Int]]) -> [[[Int]]] {
        layers.indices.map { index in
            index == 0 ? inputs : [[inputs[0][0], layers[index - 1].options.units]]
        }
    }

    public var outputCount: Int { layers[layers.count - 1].outputCount }
    public func outputCarriesMask(_ output: Int) -> Bool { output == 0 }

    public func outputShapes(for inputs: [[Int]]) throws(CellarError) -> [[Int]] {
        guard inputs.count == 1 || layers.count == 1 else {
            throw CellarError(
                "is called with states to begin with for several cells, which is not supported",
                subject: subject)
        }
        do {
            var shapes = [inputs]
            for (index, layer) in layers.enumerated() {
                shapes.append(try layer.outputShapes(for: shapes[index]))
            }
            return shapes[layers.count]
        } catch {
            throw CellarError("\(error)", subject: subject)
        }
    }

    public var dependsOnTraining: Bool { layers.contains(where: \.dependsOnTraining) }

    public var usesMasks: Bool { true }
    public static var hasMaskArgument: Bool { true }
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse {
        layers[layers.count - 1].options.returnSequences ? .passes : .ends
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        zip(layers, inputShapes(inputs)).flatMap { layer, shapes in
            NestedLayer.weights(of: layer, for: shapes).map { spec in
                var spec = spec
                spec.name = [stackName, layer.name, spec.name].compactMap { $0 }.joined(separator: "/")
                return spec
            }
        }
    }

    public func weightGroups(count: Int) -> [WeightGroup] {
        guard stackName != nil else { return [WeightGroup(path: "cell", count: count)] }
        // Keras numbers cells of one class.
        var used: [String: Int] = [:]
        return layers.map { layer in
            let word = ["SimpleRNN": "simple_rnn_cell", "LSTM": "lstm_cell"][layer.className] ?? "gru_cell"
            let number = used[word, default: 0]
            used[word] = number + 1
            return WeightGroup(
                path: "cell/cells/" + (number == 0 ? word : "\(word)_\(number)"),
                count: layer.options.useBias ? 3 : 2)
        }
    }

    // MARK: Memory

    /// For each cell: the sequence passed to the next cell, its gradient, and the cell's own scratch.
    private struct RNNWorkspace {
        let sequences, gradients, scratches: [Range<Int>]
        let count: Int
    }

    private func layout(_ inputs: [[Int]], rows: Int, training: Bool) -> RNNWorkspace {
        var layout = ArenaLayout()
        let shapes = inputShapes(inputs)
        let sizes = layers.dropLast().map { rows * inputs[0][0] * $0.options.units }
        return RNNWorkspace(
            sequences: sizes.map { layout.reserve($0) },
            gradients: sizes.map { layout.reserve(training ? $0 : 0) },
            scratches: zip(layers, shapes).map {
                layout.reserve($0.scratch(for: $1, rows: rows, training: training))
            }, count: layout.count)
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        layout(inputs, rows: rows, training: training).count
    }

    public func makeCall(_ memory: CallMemory) -> any LayerCall {
        let layout = layout(memory.inputShapes, rows: memory.capacity, training: memory.isForTraining)
        let (windows, shapes) = (memory.windows, inputShapes(memory.inputShapes))
        var first = 0
        let inner = layers.indices.map { index in
            let layer = layers[index]
            let own = first..<first + layer.weights(for: shapes[index]).count
            first = own.upperBound
            let isLast = index == layers.count - 1
            let output = (try? layer.outputShape(for: shapes[index])) ?? []
            let innerWindows = CallWindows(
                inputs: index == 0 ? windows.inputs : [windows.scratch[layout.sequences[index - 1]]],
                output: isLast ? windows.output : windows.scratch[layout.sequences[index]],
                weights: Array(windows.weights[own]), scratch: windows.scratch[layout.scratches[index]],
                inputGradients: index == 0
                    ? windows.inputGradients
                    : [memory.isForTraining ? windows.scratch[layout.gradients[index - 1]] : nil],
                outputGradient: isLast
                    ? windows.outputGradient
                    : memory.isForTraining ? windows.scratch[layout.gradients[index]] : nil,
                weightGradients: windows.weightGradients.isEmpty ? [] : Array(windows.weightGradients[own]),
                inputMasks: Array(windows.inputMasks.prefix(1)))
            return layer.makeCall(
                memory.inner(
                    layer, number: index, inputShapes: shapes[index], outputShape: output,
                    windows: innerWindows))
        }
        return RNNCall(memory, inner)
    }
}

private final class RNNCall: LayerCall {
    let memory: CallMemory
    private let inner: [any LayerCall]

    init(_ memory: CallMemory, _ inner: [any LayerCall]) { (self.memory, self.inner) = (memory, inner) }

    func forward() { for call in inner { call.forward() } }
    func backward() { for call in inner.reversed() { call.backward() } }
}
