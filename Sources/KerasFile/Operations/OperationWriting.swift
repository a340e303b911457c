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
        switch layer {
        case let layer as GetItem: getItem(layer.config["key"]?.array ?? [])
        case let layer as Reduce: reduce(layer)
        case let layer as Elementwise: elementwise(layer)
        case let layer as Stack:
            (function, className, takesList) = ("stack", "Stack", true)
            options = layer.config
            config = options
        case is Divide: (function, className) = ("math.truediv", "TrueDivide")
        case let layer as Matmul: matmul(layer)
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

    private mutating func reduce(_ layer: Reduce) {
        let word = layer.function.rawValue
        (function, className) = ("math.reduce_\(word)", Self.capitalized(word))
        options = ["axis": layer.config["axis"] ?? .null, "keepdims": .bool(layer.keepsAxes)]
        config = options
    }

    private static func capitalized(_ word: String) -> String {
        word.prefix(1).uppercased() + word.dropFirst()
    }

    private mutating func elementwise(_ layer: Elementwise) {
        switch layer.function {
        case .power:
            (function, className) = ("math.pow", "Power")
            options["y"] = .number(layer.exponent)
            constants = [.number(layer.exponent)]
        case .clip:
            // A single bound is a comparison.
            let ends = (layer.lowest.isFinite, layer.highest.isFinite)
            if ends == (true, true) {
                (function, className) = ("clip_by_value", "Clip")
                options = ["clip_value_min": .number(layer.lowest), "clip_value_max": .number(layer.highest)]
                config = ["x_min": .number(layer.lowest), "x_max": .number(layer.highest)]
            } else {
                className = ends.0 ? "Maximum" : "Minimum"
                function = ends.0 ? "math.maximum" : "math.minimum"
                options["y"] = .number(ends.0 ? layer.lowest : layer.highest)
                constants = [options["y"] ?? .null]
            }
        case .geluTanh:
            (function, module, className) = ("nn.gelu", "nn", "Gelu")
            (options, config) = (["approximate": true], ["approximate": true])
        case .abs: (function, className) = ("math.abs", "Absolute")
        case .rsqrt: (function, module, className) = ("math.rsqrt", "math", "Rsqrt")
        case .sqrt, .log, .log1p, .sin, .cos:
            (function, className) = (
                "math.\(layer.function.rawValue)", Self.capitalized(layer.function.rawValue)
            )
        }
    }

    private mutating func matmul(_ layer: Matmul) {
        (function, className) = ("linalg.matmul", "Matmul")
        options = layer.config
        // Keras 3's function does not transpose; an equation can.
        if layer.transposesA || layer.transposesB {
            className = "Einsum"
            let equation = Matmul.equations.first { $0.a == layer.transposesA && $0.b == layer.transposesB }
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
