import Base
import Network
import Tensors

/// Builds the graph of a table's preparation from Keras' layers: each call's output is known by its number.
struct PreparationGraph {
    private(set) var layers: [any Layer] = []
    private(set) var calls: [Model.Call] = []
    private(set) var inputs: [Int] = []
    /// The weights of frozen layers, by their layer.
    private(set) var constants: [(layer: Int, tensors: [Tensor])] = []
    private var taken: Set<String>

    /// - taken: Names of layers that follow.
    init(taken: Set<String>) { self.taken = taken }

    /// Returns an unused name that all versions of Keras accept: letters, digits and `_`.
    private mutating func unused(_ wanted: String) -> String {
        var name = String(
            wanted.unicodeScalars.map {
                $0.isASCII && ($0.properties.isAlphabetic || (48...57).contains($0.value))
                    ? Character($0) : "_"
            })
        if name.first.map({ $0 == "_" }) ?? true { name = "column" + name }
        let plain = name
        var number = 1
        while !taken.insert(name).inserted {
            name = "\(plain)_\(number)"
            number += 1
        }
        return name
    }

    /// Adds an input, which has the column's name. A name cannot have a slash, which separates groups in files.
    mutating func input(_ column: String, isText: Bool) -> Int {
        var name = column.replacing("/", with: "_")
        // A path cannot end in these.
        if name == "." || name == ".." { name = name.replacing(".", with: "_") }
        let plain = name
        var number = 1
        while !taken.insert(name).inserted {
            name = "\(plain)_\(number)"
            number += 1
        }
        layers.append(InputLayer(name: name, shape: [1], isText: isText))
        calls.append(Model.Call(layer: layers.count - 1, inputs: []))
        inputs.append(calls.count - 1)
        return calls.count - 1
    }

    mutating func add(_ layer: any Layer, _ name: String, _ inputs: [Int], constants tensors: [Tensor] = [])
        -> Int
    {
        var layer = layer
        layer.name = unused(name)
        if !tensors.isEmpty {
            layer.trainable = false
            constants.append((layers.count, tensors))
        }
        layers.append(layer)
        calls.append(Model.Call(layer: layers.count - 1, inputs: inputs))
        return calls.count - 1
    }

    /// Puts outputs one behind the other; one alone stays.
    mutating func concatenated(_ name: String, _ parts: [Int]) -> Int {
        parts.count == 1 ? parts[0] : add(Concatenate(), name, parts)
    }

    mutating func reshaped(_ call: Int, to shape: [Int], _ name: String) throws(CellarError) -> Int {
        add(
            try LayerTable.make(
                className: "Reshape", config: ["target_shape": .array(shape.map { .integer($0) })]), name,
            [call])
    }

    /// Takes the first characters of a text for digits: the index of a digit is its value and 2.
    mutating func digits(_ text: Int, characters: Int, _ name: String) -> Int {
        add(
            TextVectorization(characters: (0...9).map { "\($0)" }, length: characters, name: ""),
            name + "_characters", [text])
    }

    /// Adds up all numbers of [places, width], each times its weight. Gives [1].
    mutating func weighted(
        _ numbers: Int, by weights: [Float], places: Int, _ name: String
    ) throws(CellarError) -> Int {
        let conv = try LayerTable.make(
            className: "Conv1D",
            config: ["filters": 1, "kernel_size": .array([.integer(places)]), "use_bias": false])
        let kernel = Tensor(shape: [places, weights.count / places, 1], values: weights)
        return try reshaped(add(conv, name + "_digits", [numbers], constants: [kernel]), to: [1], name)
    }

    /// Looks rows of a fixed table up: [rows][width]. Gives [width].
    mutating func lookedUp(_ call: Int, in rows: [[Float]], _ name: String) throws(CellarError) -> Int {
        let width = rows[0].count
        let table = Tensor(shape: [rows.count, width], values: rows.flatMap { $0 })
        let found = add(
            Embedding(inputSize: rows.count, outputSize: width), name + "_table", [call], constants: [table])
        return try reshaped(found, to: [width], name)
    }

    /// Replaces missing numbers [n] by constants. Gives the filled numbers, and 1 for each missing one (as whole numbers).
    ///
    /// No number times NaN is a number, so NaN cannot be masked by a product. Counting with weights can leave it out:
    /// place i of 2n takes the number of column i, and place n + i takes it where it is missing.
    mutating func filled(
        _ numbers: Int, with constants: [Double], _ name: String
    ) throws(CellarError) -> (filled: Int, missing: Int) {
        let n = constants.count
        let missing = try missingFlags(numbers, name)
        let places = add(
            try rescaling(scale: .integer(n), offset: .array((0..<n).map { .integer($0) })), name + "_places",
            [missing])
        let sorted = add(
            CategoryEncoding(weightedCountsOf: 2 * n, name: ""), name + "_sorted", [places, numbers])
        let row = try reshaped(sorted, to: [2 * n, 1], name + "_row")
        let present = add(
            try LayerTable.make(className: "Cropping1D", config: ["cropping": [0, .integer(n)]]),
            name + "_present_row", [row])
        let kept = try reshaped(present, to: [n], name + "_present")
        let fills = add(
            try rescaling(scale: .array(constants.map { .number($0) }), offset: 0), name + "_fills", [missing]
        )
        return (add(Add(), name + "_filled", [kept, fills]), missing)
    }

    /// Returns 1 for each missing number (NaN), 0 for others.
    ///
    /// NaN is in the last bin, or in the first one where Keras is compiled by XLA: the square of the bin less 1 is 1 for
    /// both. No number of a table is as large as the borders.
    mutating func missingFlags(_ numbers: Int, _ name: String) throws(CellarError) -> Int {
        let bin = add(Discretization(boundaries: [-3e38, 3e38], name: ""), name + "_bins", [numbers])
        let side = add(try rescaling(scale: 1.0, offset: -1.0), name + "_sides", [bin])
        return add(Multiply(), name + "_missing", [side, side])
    }

    func rescaling(scale: JSON, offset: JSON) throws(CellarError) -> any Layer {
        try LayerTable.make(className: "Rescaling", config: ["scale": scale, "offset": offset])
    }
}
