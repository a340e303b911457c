import Base
import Glibc
import KerasFile
import Network
import Tensors

/// A summary of a model file's contents.
public struct Inspection: Sendable {
    public struct LayerRow: Equatable, Sendable {
        public let name, className: String
        /// The output shape without the batch axis.
        public let outputShape: [Int]
        public let parameters: Int
        /// The activation's name; empty if there is none.
        public let activation: String
        /// The names of the input layers, unless the input is the previous layer.
        public let inputs: [String]
    }

    public let name: String
    public let file: ModelFile
    public let layers: [LayerRow]

    public init(_ file: ModelFile, name: String) {
        (self.file, self.name) = (file, name)
        let model = file.model
        let paths = model.paths
        let firstCalls = model.firstCalls
        layers = model.layers.indices.compactMap { layer in
            guard !model.layers[layer].isOutputPart, let call = firstCalls[layer] else { return nil }
            let isChained = model.calls[call].inputs == [call - 1] || model.calls[call].inputs.isEmpty
            return LayerRow(
                name: paths[layer], className: model.layers[layer].inFile.className,
                outputShape: model.shapes[call],
                parameters: model.weightSpecs[layer].reduce(0) { $0 + $1.count },
                activation: model.layers[layer].finalActivation.map { $0 == .linear ? "" : $0.name } ?? "",
                inputs: isChained
                    ? [] : model.calls[call].inputs.map { paths[model.calls[$0].layer] })
        }
    }

    /// Names and values of the model's properties, except layers.
    public var figures: [(name: String, value: String)] {
        let model = file.model
        var lines = [
            ("model", name), ("keras", file.kerasVersion),
            ("form", model.structure.form == .sequential ? "Sequential" : "Functional"),
            ("inputs", list(model.inputShapes)), ("outputs", list(model.outputShapes)),
            ("parameters", "\(model.trainableParameters + model.nonTrainableParameters)"),
            ("trainable", "\(model.trainableParameters)"),
            ("not trainable", "\(model.nonTrainableParameters)"),
        ]
        if let compiled = file.compiled {
            lines.append(("loss", compiled.loss?.kind.rawValue ?? "unknown"))
            lines.append(("optimizer", compiled.optimizer.map { type(of: $0).className } ?? "unknown"))
            if let rate = compiled.optimizer?.learningRate {
                lines.append(("learning rate", "\(Float(rate))"))
            }
            if let state = file.optimizerState { lines.append(("steps", "\(state.iterations)")) }
            if !compiled.unknown.isEmpty {
                lines.append(("not known here", compiled.unknown.joined(separator: ", ")))
            }
        } else {
            lines.append(("compiled", "no"))
        }
        lines += file.warnings.map { ("warning", $0) }
        return lines
            + (file.facts.map(Inspection.figures) ?? [("saved by", "Keras (the file has no Cellar facts)")])
    }

    private static func figures(of facts: ModelFacts) -> [(String, String)] {
        var lines = [("name", facts.name), ("created", facts.created)]
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { lines.append((name, value)) }
        }
        add("task", facts.task?.rawValue)
        add("classes", facts.classes.joined(separator: ", "))
        add("features", facts.features.joined(separator: ", "))
        add("picture", facts.picture?.description)
        add(
            "dataset",
            facts.dataset.map { "\($0.path) (\($0.trainRows)/\($0.validationRows)/\($0.testRows) rows)" })
        add("seed", facts.seed.map { "\($0)" })
        for metric in facts.metrics { add("\(metric.split) \(metric.name)", metric.value.measured) }
        for parent in facts.parents { add(parent.kind.rawValue, parent.reference) }
        return lines
    }

    public var json: JSON {
        let model = file.model
        var object: JSONObject = [
            "model": .string(name), "keras_version": .string(file.kerasVersion),
            "inputs": .array(model.inputShapes.map(JSON.init)),
            "outputs": .array(model.outputShapes.map(JSON.init)),
            "trainable_parameters": .integer(model.trainableParameters),
            "non_trainable_parameters": .integer(model.nonTrainableParameters),
            "layers": .array(
                layers.map {
                    [
                        "name": .string($0.name), "class": .string($0.className),
                        "output_shape": JSON($0.outputShape), "parameters": .integer($0.parameters),
                        "activation": $0.activation.isEmpty ? .null : .string($0.activation),
                    ]
                }),
        ]
        if let compiled = file.compiled {
            object["loss"] = compiled.loss?.json ?? .null
            object["optimizer"] = compiled.optimizer.map { .string(type(of: $0).className) } ?? .null
        }
        if !file.warnings.isEmpty { object["warnings"] = .array(file.warnings.map { .string($0) }) }
        object["facts"] = file.facts?.json
        return .object(object)
    }

    /// Returns the weights of one layer; throws for an unknown layer or one without weights.
    public func weights(of layer: String) throws(CellarError) -> [WeightSummary] {
        let model = file.model
        guard let index = model.paths.firstIndex(of: layer) else {
            let hint = nearest(layer, in: model.paths).map { "Did you mean \($0)?" }
            throw CellarError(
                .usage,
                "\(name): the model has no layer \"\(layer)\".",
                remedy: hint ?? "It has \(layers.map(\.name).joined(separator: ", ")).")
        }
        guard !model.weights[index].isEmpty else {
            throw CellarError(
                .usage,
                "\(name): the layer \"\(layer)\" (\(model.layers[index].className)) has no weights.",
                remedy: "Layers with weights: "
                    + layers.filter { $0.parameters > 0 }.map(\.name).joined(separator: ", ") + ".")
        }
        return zip(model.weightSpecs[index], model.weights[index]).map {
            WeightSummary(name: $0.name, tensor: $1)
        }
    }
}

/// A summary of one weight of a layer.
public struct WeightSummary: Equatable, Sendable {
    /// Keras' name of the weight, such as `kernel`.
    public let name: String
    public let tensor: Tensor

    public var least: Float { tensor.values.min() ?? .nan }
    public var largest: Float { tensor.values.max() ?? .nan }
    public var mean: Double { tensor.values.reduce(0) { $0 + Double($1) } / Double(tensor.count) }
    /// The population standard deviation.
    public var standardDeviation: Double {
        let mean = mean
        let squares = tensor.values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        return (squares / Double(tensor.count)).squareRoot()
    }

    /// The summary with all values, row-major.
    public var json: JSON {
        [
            "name": .string(name), "shape": JSON(tensor.shape), "min": JSON(least), "max": JSON(largest),
            "mean": JSON(finite: mean), "std": JSON(finite: standardDeviation),
            "values": .array(tensor.values.map(JSON.init)),
        ]
    }
}

extension JSON {
    init(_ shape: [Int]) { self = .array(shape.map { .integer($0) }) }

    /// Makes a number with the shortest digits of the Float, not of its Double; null for infinity and NaN.
    public init(_ value: Float) {
        self = value.isFinite ? .number(Double("\(value)") ?? Double(value)) : .null
    }
}
