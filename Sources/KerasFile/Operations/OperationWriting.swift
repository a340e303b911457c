import Base
import Network

/// The form of operations without a layer in Keras' graphs: a TFOpLambda in tf.keras' `.h5` (2.4 and later;
/// Keras 3 rejects it), and an operation in Keras 3's `.keras`.
struct OperationWriting {
    /// TensorFlow's function, and its arguments other than tensors.
    private(set) var function = ""
    private(set) var options: JSONObject = [:]
    /// Keras 3's class, its constructor options, and its call arguments after the tensors.
    private(set) var module = "numpy"
    private(set) var className = ""
    private(set) var config: JSONObject = [:]
    private(set) var constants: [JSON] = []
    /// True if the tensors are passed as one list.
    private(set) var takesList = false

    /// Returns nil for layers that Keras has.
    init?(_ layer: any Layer) {
        // The formats' own table of what they call these classes.
        switch layer.className {
        case "GetItem": getItem(layer.config["key"]?.array ?? [])
        case "Reduce": reduce(layer.config)
        case "Elementwise": elementwise(layer.config)
        case "Stack":
            (function, className, takesList) = ("stack", "Stack", true)
            options = layer.config
            config = options
        case "Divide": (function, className) = ("math.truediv", "TrueDivide")
        case "Matmul": matmul(layer.config)
        default: return nil
        }
    }

    private mutating func getItem(_ key: [JSON]) {
        (function, className) = ("__operators__.getitem", "GetItem")
        options["slice_spec"] = .array(key.map { $0 == "..." ? ["class_name": "__ellipsis__"] : $0 })
        constants = [
            .array(
                key.map { place in
                    if place == "..." { return ["class_name": "__ellipsis__", "config": [:]] }
                    return place.object == nil ? place : ["class_name": "__slice__", "config": place]
                })
        ]
    }

    private mutating func reduce(_ layer: JSONObject) {
        let word = layer["function"]?.string ?? ""
        (function, className) = ("math.reduce_\(word)", Self.capitalized(word))
        options = ["axis": layer["axis"] ?? .null, "keepdims": layer["keepdims"] ?? .null]
        config = options
    }

    private static func capitalized(_ word: String) -> String {
        word.prefix(1).uppercased() + word.dropFirst()
    }

    private mutating func elementwise(_ layer: JSONObject) {
        let word = layer["function"]?.string ?? ""
        switch word {
        case "power":
            (function, className) = ("math.pow", "Power")
            options["y"] = layer["exponent"]
            constants = [layer["exponent"] ?? .null]
        case "clip":
            (function, className) = ("clip_by_value", "Clip")
            switch (layer["lowest"], layer["highest"]) {
            case (let lowest?, let highest?):
                options = ["clip_value_min": lowest, "clip_value_max": highest]
                config = ["x_min": lowest, "x_max": highest]
            // One end alone is a comparison with it.
            case (let lowest?, nil): (function, className, options["y"]) = ("math.maximum", "Maximum", lowest)
            case (nil, let highest):
                (function, className, options["y"]) = (
                    "math.minimum", "Minimum", highest ?? .number(.infinity)
                )
            }
            if let end = options["y"] { constants = [end] }
        case "gelu_tanh":
            (function, module, className) = ("nn.gelu", "nn", "Gelu")
            (options, config) = (["approximate": true], ["approximate": true])
        case "abs": (function, className) = ("math.abs", "Absolute")
        case "rsqrt": (function, module, className) = ("math.rsqrt", "math", "Rsqrt")
        default: (function, className) = ("math.\(word)", Self.capitalized(word))
        }
    }

    private mutating func matmul(_ layer: JSONObject) {
        (function, className) = ("linalg.matmul", "Matmul")
        options = layer
        // Keras 3's takes matrices as they are; an equation can transpose them.
        let (a, b) = (layer["transpose_a"]?.bool ?? false, layer["transpose_b"]?.bool ?? false)
        if a || b {
            className = "Einsum"
            let equation = Matmul.equations.first { $0.a == a && $0.b == b }
            config["subscripts"] = .string(equation?.equation ?? "")
        }
    }

    /// Returns a layer's entry in an `.h5`, without its calls.
    func entry(name: String) -> JSON {
        [
            "class_name": function == "__operators__.getitem" ? "SlicingOpLambda" : "TFOpLambda",
            "config": [
                "name": .string(name), "trainable": true, "dtype": "float32", "function": .string(function),
            ],
        ]
    }

    /// Returns a call in an `.h5`: the first tensor directly, the second as an option.
    func call(_ references: [[JSON]]) -> JSON {
        var options = options
        if takesList { return .array(references.map { .array($0 + [.object(options)]) }) }
        if references.count > 1 { options[function == "linalg.matmul" ? "b" : "y"] = .array(references[1]) }
        return .array((references.first ?? []) + [.object(options)])
    }

    /// Returns the entry in a `.keras`.
    func keras3Entry(name: String) -> JSON {
        var config = config
        config["name"] = .string(name)
        return [
            "module": .string("keras.src.ops.\(module)"), "class_name": .string(className),
            "config": .object(config), "registered_name": .string(className),
        ]
    }
}

extension Matmul {
    /// Products of transposed matrices as equations.
    static let equations: [(equation: String, a: Bool, b: Bool)] = [
        ("...km,...kn->...mn", true, false), ("...mk,...nk->...mn", false, true),
        ("...km,...nk->...mn", true, true),
    ]
}
