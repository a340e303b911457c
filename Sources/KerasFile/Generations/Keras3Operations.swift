import JSONText

/// In a graph of Keras 3, arithmetic on tensors (`x + y`, `x / 255`) stands as an entry of its own, with the class of an
/// operation and not of a layer. Those that a layer computes as well become that layer.
extension Keras3 {
    private static let merging = ["Add", "Subtract", "Multiply", "Maximum", "Minimum"]

    static func operationAsLayer(_ json: JSON) throws -> JSON {
        guard var object = json.object, object["module"]?.string?.contains(".ops.") == true else {
            return json
        }
        let className = object["class_name"]?.string ?? ""
        let name = object["name"] ?? object["config"]?["name"] ?? .string(className)
        let nodes = object["inbound_nodes"]?.array ?? []
        guard nodes.count == 1, let arguments = nodes[0]["args"]?.array, arguments.count == 2 else {
            throw unsupported(className, name)
        }
        object["module"] = "keras.layers"
        let tensors = arguments.filter { $0["class_name"] == "__keras_tensor__" }
        if tensors.count == 2, merging.contains(className) {
            object["config"] = ["name": name]
            return .object(object)
        }
        guard tensors.count == 1, let constant = arguments.compactMap(\.double).first else {
            throw unsupported(className, name)
        }
        let tensorIsFirst = arguments[1].double != nil
        let line: (scale: Double, offset: Double)? =
            switch (className, tensorIsFirst) {
            case ("Add", _): (1, constant)
            case ("Multiply", _): (constant, 0)
            case ("Subtract", true): (1, -constant)
            case ("Subtract", false): (-1, constant)
            case ("TrueDivide", true), ("Divide", true): constant == 0 ? nil : (1 / constant, 0)
            default: nil
            }
        guard let line else { throw unsupported(className, name) }
        object["class_name"] = "Rescaling"
        object["config"] = ["name": name, "scale": .number(line.scale), "offset": .number(line.offset)]
        object["inbound_nodes"] = [["args": .array(tensors), "kwargs": [:]]]
        return .object(object)
    }

    private static func unsupported(_ className: String, _ name: JSON) -> Trouble {
        Trouble(
            .unsupported,
            "\(className) \"\(name.string ?? "")\" is an operation on tensors, not a layer, and "
                + "not one that a layer computes; use layers instead, then save again")
    }
}
