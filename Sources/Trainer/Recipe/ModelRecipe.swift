import Base
import Network
import Yams

/// The `model` section: the layers, without the input and the preprocessing of the data.
public struct ModelRecipe: Sendable {
    public var layers: [any Layer]
    /// The `input_shape` of the first layer, if given; it must be the shape of the data.
    public var inputShape: [Int]?
    /// The name of the input, if the recipe begins with an InputLayer.
    public var inputName: String?
    let file: String
    /// The line of each layer.
    let lines: [Int?]
    /// A saved model that is used instead of layers.
    private var saved: Model?
    var isSaved: Bool { saved != nil }

    /// Takes a saved model, from which training resumes.
    init(_ saved: Model, file: String) {
        (self.saved, self.file) = (saved, file)
        (layers, lines) = ([], [])
    }

    init(_ nodes: [Node], file: String) throws(CellarError) {
        var layers: [any Layer] = []
        var lines: [Int?] = []
        var taken: Set<String> = []
        self.file = file
        for node in nodes {
            var section = try RecipeSection.named(node, what: "a layer", file: file)
            var options = section.options.object
            if layers.isEmpty, options["input_shape"] != nil {
                guard let shape = try section.read({ (o) throws(CellarError) in try o.ints("input_shape") }),
                    shape.allSatisfy({ $0 > 0 })
                else {
                    throw section.error(
                        "input_shape must be a list of sizes, such as [28, 28].", key: "input_shape")
                }
                inputShape = shape
                options["input_shape"] = nil
            }
            var layer: any Layer
            do {
                layer = try LayerTable.make(className: section.title, config: options, strict: true)
            } catch {
                throw section.place(error)
            }
            if let shape = layer.sampleShape {
                guard layers.isEmpty, inputName == nil else {
                    throw section.error("an InputLayer must be the first layer.")
                }
                inputShape = shape.sizes
                inputName = options["name"]?.string
                continue
            }
            let isNamed = options["name"]?.string != nil
            if isNamed, taken.contains(layer.name) {
                throw section.error(
                    "two layers have the name \(layer.name).", key: "name",
                    remedy: "Give each layer a unique name.")
            }
            if !isNamed { layer.name = unusedName(layer.name, taken) }
            taken.insert(layer.name)
            layers.append(layer)
            lines.append(section.line)
        }
        guard !layers.isEmpty else {
            throw CellarError(
                .badData, "model has no layers after its input.", file: file, line: nodes.first?.mark?.line)
        }
        (self.layers, self.lines) = (layers, lines)
    }

    /// The names of the outputs, as in Keras.
    var outputNames: [String] { saved?.outputNames ?? layers.last.map { [$0.name] } ?? [] }

    /// Makes the network for the data.
    public func network(_ data: PreparedData) throws(CellarError) -> Model {
        guard let saved else {
            if let preparation = data.preparation {
                do {
                    return try preparation.network(layers)
                } catch {
                    let index = layers.firstIndex { $0.subject == error.place.subject }
                    throw located(error, line: index.flatMap { lines[$0] })
                }
            }
            guard data.train.inputs.count == 1 else {
                throw CellarError(
                    .badData,
                    "a chain of layers has one input, but the data have \(data.train.inputs.count).",
                    file: file, line: lines.first ?? nil)
            }
            return try network(inputShape: data.inputShape, preprocessing: data.preprocessing)
        }
        guard data.preprocessing.isEmpty else {
            throw CellarError(
                .badData,
                "preprocess cannot be used with a saved model, which has its own preprocessing.",
                file: file, remedy: "Remove preprocess.")
        }
        do {
            return try saved.bound(to: data.inputShapes)
        } catch {
            throw located(error, line: nil)
        }
    }

    /// Makes the network of input, preprocessing and layers, with zero weights.
    ///
    /// Throws if shapes do not fit, with the line of the layer.
    public func network(inputShape shape: [Int], preprocessing: [any Layer]) throws(CellarError) -> Model {
        if let expected = inputShape, expected != shape {
            throw CellarError(
                .badData,
                "the first layer takes samples of shape \(expected), but the data have shape \(shape).",
                file: file, line: lines.first ?? nil)
        }
        var taken = Set(layers.map(\.name))
        var chain: [any Layer] = []
        for layer in preprocessing {
            var layer = layer
            layer.name = unusedName(layer.name, taken)
            taken.insert(layer.name)
            chain.append(layer)
        }
        let input = inputName ?? unusedName(layers[0].name + "_input", taken)
        do {
            return try Model(chain: [InputLayer(name: input, shape: shape)] + chain + layers)
        } catch {
            let index = layers.firstIndex { $0.subject == error.place.subject }
            throw located(error, line: index.flatMap { lines[$0] })
        }
    }

    /// Adds the recipe's line to a layer's error.
    private func located(_ error: CellarError, line: Int?) -> CellarError {
        let subject = error.place.subject.map { "\($0): " } ?? ""
        return CellarError(
            .badData, "\(subject)\(error.message).", file: file, line: line, remedy: error.remedy)
    }
}

/// Returns an unused name, numbered as in Keras: dense, dense_1, dense_2 …
private func unusedName(_ name: String, _ taken: Set<String>) -> String {
    guard taken.contains(name) else { return name }
    var number = 1
    while taken.contains("\(name)_\(number)") { number += 1 }
    return "\(name)_\(number)"
}
