import Base
import Network
import Yams

/// `model`: the layers, without what stands in front of them (the input and the preprocessing of the data).
public struct ModelRecipe: Sendable {
    public var layers: [any Layer]
    /// The shape that the first layer names as `input_shape`, where it does; the data's shape must then be this one.
    public var inputShape: [Int]?
    /// The name of the input, where the recipe begins with an InputLayer.
    public var inputName: String?
    let file: String
    /// The line of each layer.
    let lines: [Int?]
    /// A saved model that takes the place of layers.
    private var saved: Model?

    /// The model that training goes on with, as it is.
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
                        "input_shape must be a list of sizes, as [28, 28].", key: "input_shape")
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
                    throw section.error("an InputLayer can only come first.")
                }
                inputShape = shape.sizes
                inputName = options["name"]?.string
                continue
            }
            let isNamed = options["name"]?.string != nil
            if isNamed, taken.contains(layer.name) {
                throw section.error("two layers have the name \(layer.name). Give each its own.", key: "name")
            }
            if !isNamed { layer.name = unusedName(layer.name, taken) }
            taken.insert(layer.name)
            layers.append(layer)
            lines.append(section.line)
        }
        guard !layers.isEmpty else {
            throw CellarError(
                .badData, "model has no layer but its input.", file: file, line: nodes.first?.mark?.line)
        }
        (self.layers, self.lines) = (layers, lines)
    }

    /// Keras' names of the outputs.
    var outputNames: [String] { saved?.outputNames ?? layers.last.map { [$0.name] } ?? [] }

    /// The network for those data.
    public func network(_ data: PreparedData) throws(CellarError) -> Model {
        guard let saved else {
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
                "preprocess goes with layers of a recipe; the saved model has what it needs in it. Leave it out.",
                file: file)
        }
        do {
            return try saved.bound(to: data.inputShapes)
        } catch {
            throw CellarError(.badData, error.description + ".", file: file)
        }
    }

    /// The network: input, preprocessing, layers. The weights are zeros.
    ///
    /// Throws where the shapes do not fit, with the line of the layer that is the matter.
    public func network(inputShape shape: [Int], preprocessing: [any Layer]) throws(CellarError) -> Model {
        if let expected = inputShape, expected != shape {
            throw CellarError(
                .badData,
                "the first layer expects samples of shape \(expected), but the data's have \(shape).",
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
            throw CellarError(
                .badData, error.description + ".", file: file, line: index.flatMap { lines[$0] })
        }
    }
}

/// As Keras counts: dense, dense_1, dense_2 …
private func unusedName(_ name: String, _ taken: Set<String>) -> String {
    guard taken.contains(name) else { return name }
    var number = 1
    while taken.contains("\(name)_\(number)") { number += 1 }
    return "\(name)_\(number)"
}
