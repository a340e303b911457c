import Base
import Testing

@testable import KerasFile

private let tensor: JSON = ["class_name": "__keras_tensor__", "config": ["keras_history": ["a", 0, 0]]]

/// Keras 3's operation of that class, called once, as the layer that it becomes.
private func keras3(_ className: String, _ arguments: JSON, _ config: JSONObject = [:]) throws -> JSON {
    let found = try Keras3.operationAsLayer([
        "module": "keras.src.ops.numpy", "class_name": .string(className), "config": .object(config),
        "name": "op", "inbound_nodes": [["args": arguments, "kwargs": [:]]],
    ])
    return found ?? .null
}

/// tf.keras' layer of a function.
private func keras2(_ function: String, _ node: JSON) throws -> JSON {
    let found = try Keras2Operations.asLayer([
        "class_name": "TFOpLambda", "name": "op", "inbound_nodes": [node],
        "config": ["name": "op", "function": .string(function)],
    ])
    return found ?? .null
}

@Test("arithmetic on tensors in a graph is a layer where there is one for it")
func operations() throws {
    #expect(try keras3("Add", [tensor, tensor])["class_name"] == "Add")
    #expect(try keras3("TrueDivide", [tensor, 4])["config"]?["scale"] == 0.25)
    #expect(try keras3("Subtract", [2.0, tensor])["config"]?["scale"]?.double == -1)
    #expect(try keras2("math.truediv", ["a", 0, 0, ["y": 4]])["config"]?["scale"] == 0.25)
    #expect(
        try keras2("math.subtract", ["_CONSTANT_VALUE", -1, 2, ["y": ["a", 0, 0]]])["config"]?["offset"]?
            .double == 2)
    #expect(
        try keras2("concat", [["a", 0, 0, ["axis": 1]], ["b", 0, 0, ["axis": 1]]])["config"]?["axis"] == 1)
    let summed = try keras2("math.add", ["a", 0, 0, ["y": ["b", 1, 0], "name": .null]])
    #expect(
        summed["class_name"] == "Add" && summed["inbound_nodes"] == [[["a", 0, 0, [:]], ["b", 1, 0, [:]]]])
    #expect(try Keras3.operationAsLayer(["module": "keras.layers", "class_name": "Add"]) == nil)
}

@Test("every other function, option and form of a call is refused by its name")
func refusedOperations() {
    let x: JSON = ["a", 0, 0, [:]]
    func call(_ options: JSONObject) -> JSON { ["a", 0, 0, .object(options)] }
    let refused: [(String, JSON)] = [
        ("io.read_file", x), ("py_function", x), ("", x), ("nn.dropout", call(["rate": 0.5])),
        ("math.reduce_mean", call(["axis": 1, "input_tensor": 3])), ("nn.relu", []), ("nn.relu", 3),
        ("nn.relu", [["a", 0, 0, [:]], ["a", 0, 0, [:]]]), ("nn.relu", ["_CONSTANT_VALUE", -1]),
        ("nn.relu", ["_CONSTANT_VALUE", -1, 2, [:]]), ("concat", [["_CONSTANT_VALUE", -1, 2, [:]]]),
        ("math.add", x), ("math.add", call(["y": "two"])), ("math.truediv", call(["y": 0])),
        ("math.truediv", ["_CONSTANT_VALUE", -1, 2, ["y": ["a", 0, 0]]]), ("math.pow", call(["y": [1, 2]])),
        ("reshape", call(["shape": [3, 4]])), ("reshape", call(["shape": [["b", 0, 0], 4]])),
        ("reshape", call(["shape": [-1]])), ("compat.v1.transpose", call(["perm": [1, 0, 2]])),
        ("compat.v1.transpose", x), ("expand_dims", call(["axis": 0])), ("compat.v1.squeeze", x),
        ("expand_dims", call(["axis": 1_000_000_000])), ("expand_dims", call(["axis": .integer(Int.min)])),
        ("cast", call(["dtype": "int32"])),
        ("compat.v1.pad", call(["paddings": [[0, 0], [1, 1], [0, 0]], "mode": "REFLECT"])),
        ("compat.v1.pad", call(["paddings": [[0, 0], [1, 1]]])),
        ("clip_by_value", call(["clip_value_min": 1, "clip_value_max": 0])),
        ("linalg.matmul", call(["b": [[1, 2], [3, 4]]])),
        ("linalg.matmul", call(["b": ["a", 0, 0], "adjoint_a": true])),
        ("__operators__.getitem", call(["slice_spec": [["class_name": "Lambda"]]])),
        ("__operators__.getitem", call(["slice_spec": ["x"]])),
        ("math.l2_normalize", call(["axis": 1, "epsilon": 0.1])),
    ]
    for (function, node) in refused {
        let error = #expect(throws: CellarError.self, "\(function) \(node.text())") {
            try keras2(function, node)
        }
        #expect(error?.message.contains("\"op\"") == true, "\(error?.message ?? "")")
    }
    #expect(throws: CellarError.self) {
        try keras3("Einsum", [tensor, tensor], ["subscripts": "bij,bkj->bi"])
    }
    #expect(throws: CellarError.self) { try keras3("Argmax", [tensor], ["axis": 1]) }
    #expect(throws: CellarError.self) { try keras3("Softmax", [tensor], ["axis": -1, "temperature": 2]) }
    #expect(throws: CellarError.self) { try keras3("Power", [2, tensor]) }
    #expect(throws: CellarError.self) { try keras3("GetItem", [tensor, [tensor]]) }
}

@Test("a mask that Keras drops at a function is not passed on here")
func droppedMask() throws {
    func model(_ function: String) throws -> JSON {
        let dense: JSON = [
            "class_name": "Embedding", "name": "e",
            "config": ["name": "e", "input_dim": 3, "output_dim": 2, "mask_zero": true],
            "inbound_nodes": [[["in", 0, 0, [:]]]],
        ]
        let operation: JSON = [
            "class_name": "TFOpLambda", "name": "op", "inbound_nodes": [["e", 0, 0, [:]]],
            "config": ["name": "op", "function": .string(function)],
        ]
        return [
            "class_name": "Functional",
            "config": [
                "name": "m", "input_layers": [["in", 0, 0]], "output_layers": [["l", 0, 0]],
                "layers": [
                    [
                        "class_name": "InputLayer", "name": "in", "inbound_nodes": [],
                        "config": ["name": "in", "batch_input_shape": [.null, 4]],
                    ],
                    dense, operation,
                    [
                        "class_name": "LSTM", "name": "l", "config": ["name": "l", "units": 2],
                        "inbound_nodes": [[["op", 0, 0, [:]]]],
                    ],
                ],
            ],
        ]
    }
    func read(_ function: String) throws {
        var reader = ConfigReader()
        _ = try reader.model(from: try Generation(kerasVersion: "2.10.0").current(model: try model(function)))
    }
    let error = #expect(throws: CellarError.self) { try read("nn.relu") }
    #expect(error?.message.contains("drops the mask") == true)
    // This one ends it here, too.
    try read("math.sqrt")
}
