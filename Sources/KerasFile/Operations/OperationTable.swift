import Base
import Network

private typealias Translation = @Sendable (inout Operation) throws -> Operation.Layer

/// The supported functions, by TensorFlow's names (in tf.keras) and Keras 3's classes, with the layers that
/// replace them. If Keras has an equivalent layer, that one is used, because every Keras reads it.
let operationTable: [String: @Sendable (inout Operation) throws -> Operation.Layer] = {
    var table: [String: Translation] = [:]
    func add(_ names: String..., as translation: @escaping Translation) {
        for name in names { table[name] = translation }
    }
    add("math.add", "__operators__.add", "Add") { try merged($0, "Add") { (1, $0) } }
    add("nn.bias_add") { operation in
        let format = operation.take("data_format") ?? "NHWC"
        guard format == "NHWC" else { throw operation.unsupported("adds to channels in the first axis") }
        return try merged(operation, "Add") { (1, $0) }
    }
    add("math.multiply", "Multiply") { try merged($0, "Multiply") { ($0, 0) } }
    add("math.subtract", "Subtract") { try merged($0, "Subtract", isFirst: { (-1, $0) }) { (1, -$0) } }
    add("math.truediv", "math.divide", "TrueDivide", "Divide") { operation in
        try merged(operation, "Divide") { $0 == 0 ? nil : (1 / $0, 0) }
    }
    add("math.maximum", "Maximum") { try extreme($0, "Maximum", "lowest") }
    add("math.minimum", "Minimum") { try extreme($0, "Minimum", "highest") }
    add("math.add_n") { Operation.Layer(className: "Add", tensors: try $0.tensors()) }
    add("math.negative", "Negative") { try line($0, scale: -1) }
    add("math.pow", "Power", as: power)
    add("math.square", "Square") { operation in
        let tensor = try operation.tensor()
        return Operation.Layer(className: "Multiply", tensors: [tensor, tensor])
    }
    for (names, function): ([String], Elementwise.Function) in [
        (["math.abs", "Absolute", "Abs"], .abs), (["math.sqrt", "Sqrt"], .sqrt),
        (["math.rsqrt", "Rsqrt"], .rsqrt),
        (["math.log", "Log"], .log), (["math.log1p", "Log1p"], .log1p), (["math.sin", "Sin"], .sin),
        (["math.cos", "Cos"], .cos),
    ] {
        for name in names { table[name] = { try elementwise($0, function) } }
    }
    add("clip_by_value", "Clip") { try clip(&$0) }

    for (names, word) in [
        (["nn.relu", "Relu"], "relu"), (["math.sigmoid", "nn.sigmoid", "Sigmoid"], "sigmoid"),
        (["math.tanh", "nn.tanh", "Tanh"], "tanh"), (["nn.silu", "nn.swish", "Silu"], "swish"),
        (["math.softplus", "nn.softplus", "Softplus"], "softplus"),
        (["nn.softsign", "Softsign"], "softsign"),
        (["nn.selu", "Selu"], "selu"), (["math.exp", "Exp"], "exponential"), (["HardSilu"], "hard_silu"),
        (["HardSigmoid"], "hard_sigmoid_3"), (["LogSigmoid"], "log_sigmoid"), (["identity"], "linear"),
    ] {
        for name in names { table[name] = { try activation($0, word) } }
    }
    add("nn.relu6", "Relu6") {
        Operation.Layer(className: "ReLU", config: ["max_value": 6], tensors: [try $0.tensor()])
    }
    add("nn.elu", "Elu") {
        let alpha = $0.take("alpha") ?? 1
        return Operation.Layer(className: "ELU", config: ["alpha": alpha], tensors: [try $0.tensor()])
    }
    add("nn.leaky_relu", "LeakyRelu") {
        let slope = $0.take("alpha", "negative_slope") ?? 0.2
        return Operation.Layer(className: "LeakyReLU", config: ["alpha": slope], tensors: [try $0.tensor()])
    }
    add("nn.gelu", "Gelu") { operation in
        operation.take("approximate") == true
            ? try elementwise(operation, .geluTanh) : try activation(operation, "gelu")
    }
    add("nn.softmax", "Softmax") {
        let axis = $0.take("axis") ?? -1
        if axis == -1 { return try activation($0, "softmax") }
        return Operation.Layer(className: "Softmax", config: ["axis": axis], tensors: [try $0.tensor()])
    }
    add("cast", "Cast") { operation in
        let type = operation.take("dtype") ?? .null
        guard type == "float32" || type == "float64" else {
            throw operation.unsupported("rounds to \(type.text().prefix(40)), which is not supported")
        }
        return try activation(operation, "linear")
    }

    for (names, function): ([String], Reduce.AxisReduction) in [
        (["math.reduce_mean", "Mean"], .mean), (["math.reduce_sum", "Sum"], .sum),
        (["math.reduce_max", "Max", "Amax"], .max), (["math.reduce_min", "Min", "Amin"], .min),
    ] {
        for name in names { table[name] = { try reduced(&$0, function) } }
    }
    add("math.l2_normalize") {
        let axis = $0.take("axis") ?? .null
        let epsilon = $0.take("epsilon")?.double ?? 1e-12
        guard axis.int != nil || axis.array != nil, epsilon == 1e-12 else {
            throw $0.unsupported("normalizes differently from UnitNormalization")
        }
        return Operation.Layer(
            className: "UnitNormalization", config: ["axis": axis], tensors: [try $0.tensor()])
    }
    add("linalg.matmul", "Matmul") { operation in
        guard case .tensors(let a, let b) = try operation.pair() else {
            throw operation.unsupported("multiplies by a constant matrix, which is not supported")
        }
        var config: JSONObject = [:]
        for key in ["transpose_a", "transpose_b"] { config[key] = operation.take(key) ?? false }
        return Operation.Layer(className: "Matmul", config: config, tensors: [a, b])
    }
    add("Einsum") { operation in
        // The form in which `OperationWriting` writes a product of transposed matrices.
        guard let equation = operation.take("subscripts")?.string,
            let turned = Matmul.equations.first(where: { $0.equation == equation }),
            case .tensors(let a, let b) = try operation.pair()
        else { throw operation.unsupported() }
        return Operation.Layer(
            className: "Matmul", config: ["transpose_a": .bool(turned.a), "transpose_b": .bool(turned.b)],
            tensors: [a, b])
    }
    addShapes(to: &table)
    return table
}()

/// Adds the functions that change only the shape.
private func addShapes(to table: inout [String: Translation]) {
    func add(_ names: String..., as translation: @escaping Translation) {
        for name in names { table[name] = translation }
    }
    add("concat", "Concatenate") {
        let axis = $0.take("axis") ?? -1
        return Operation.Layer(className: "Concatenate", config: ["axis": axis], tensors: try $0.tensors())
    }
    add("stack", "Stack") {
        let axis = $0.take("axis") ?? 0
        return Operation.Layer(className: "Stack", config: ["axis": axis], tensors: try $0.tensors())
    }
    add("reshape", "Reshape") { operation in
        let shape = operation.take("shape", "newshape")?.array ?? []
        guard let first = shape.first, first == -1 || first.isNull, shape.count > 1,
            shape.allSatisfy({ $0.isNull || $0.int != nil })
        else {
            throw operation.unsupported(
                "makes the shape \(JSON.array(shape).text().prefix(80)), whose first size must be -1 and the others "
                    + "numbers")
        }
        return Operation.Layer(
            className: "Reshape",
            config: ["target_shape": .array(shape.dropFirst().map { $0.isNull ? -1 : $0 })],
            tensors: [try operation.tensor()])
    }
    add("keras.backend.batch_flatten") {
        Operation.Layer(className: "Flatten", tensors: [try $0.tensor()])
    }
    add("compat.v1.transpose", "transpose", "Transpose") { operation in
        let order = (operation.take("perm", "axes")?.array ?? []).compactMap(\.int)
        guard order.first == 0, order.count > 1 else {
            throw operation.unsupported("moves the batch axis")
        }
        _ = operation.take("name")
        return Operation.Layer(
            className: "Permute", config: ["dims": .array(order.dropFirst().map { .integer($0) })],
            tensors: [try operation.tensor()])
    }
    add("expand_dims", "ExpandDims") { operation in
        let axis = try place(&operation)
        return try getItem(operation, axis: axis, .null, new: true)
    }
    add("compat.v1.squeeze", "squeeze", "Squeeze") { operation in
        let axis = try place(&operation)
        return try getItem(operation, axis: axis, 0, new: false)
    }
    add("__operators__.getitem") { operation in
        let key = operation.take("slice_spec") ?? .null
        return try getItem(operation, key: key, of: try operation.tensor())
    }
    add("GetItem") { operation in
        guard case .constant(let key, let tensor, false) = try operation.pair() else {
            throw operation.unsupported("uses a tensor as an index")
        }
        return try getItem(operation, key: key, of: tensor)
    }
    add("compat.v1.pad", "Pad") { operation in
        let widths = operation.take("paddings", "pad_width")?.array ?? []
        let mode = operation.take("mode")?.string ?? "constant"
        let value = operation.take("constant_values")?.double ?? 0
        let (rank, inner) = (widths.count - 2, widths.dropFirst().dropLast())
        guard mode.lowercased() == "constant", value == 0, (1...3).contains(rank), widths.first == [0, 0],
            widths.last == [0, 0]
        else { throw operation.unsupported("pads differently from ZeroPadding") }
        return Operation.Layer(
            className: "ZeroPadding\(rank)D",
            config: ["padding": rank == 1 ? inner.first ?? .null : .array(Array(inner))],
            tensors: [try operation.tensor()])
    }
    add("image.resize") { operation in
        let size = operation.take("size")?.array ?? []
        let method = operation.take("method") ?? "bilinear"
        guard size.count == 2 else { throw operation.unsupported("has an unknown output size") }
        return Operation.Layer(
            className: "Resizing", config: ["height": size[0], "width": size[1], "interpolation": method],
            tensors: [try operation.tensor()])
    }
}

/// Converts a binary function: to a merging layer of two tensors, or to Rescaling of a tensor with constants.
private func merged(
    _ operation: Operation, _ className: String,
    isFirst: ((Double) -> (scale: Double, offset: Double)?)? = nil,
    _ constant: @escaping (Double) -> (scale: Double, offset: Double)?
) throws -> Operation.Layer {
    switch try operation.pair() {
    case .tensors(let a, let b): return Operation.Layer(className: className, tensors: [a, b])
    case .constant(let value, let tensor, let comesFirst):
        if comesFirst, className == "Divide" {
            guard value.double == 1 else { throw operation.unsupported("divides a constant by a tensor") }
            return try elementwise(.power, of: tensor, ["exponent": -1])
        }
        let body = comesFirst ? isFirst ?? constant : constant
        func map(_ json: JSON, _ part: ((scale: Double, offset: Double)) -> Double) throws -> JSON {
            if let items = json.array { return .array(try items.map { try map($0, part) }) }
            guard let number = json.double, let found = body(number) else {
                throw operation.unsupported("has an invalid constant")
            }
            return .number(part(found))
        }
        // Equal numbers are written as one.
        func short(_ json: JSON) -> JSON {
            guard let items = json.array else { return json }
            let parts = items.map(short)
            return parts.first.map { $0.array == nil && Set(parts.map { $0.text() }).count == 1 ? $0 : json }
                ?? json
        }
        let (scale, offset) = (try map(value, \.scale), try map(value, \.offset))
        return Operation.Layer(
            className: "Rescaling", config: ["scale": short(scale), "offset": short(offset)],
            tensors: [tensor])
    }
}

private func line(_ operation: Operation, scale: Double) throws -> Operation.Layer {
    Operation.Layer(
        className: "Rescaling", config: ["scale": .number(scale), "offset": 0],
        tensors: [try operation.tensor()])
}

private func extreme(_ operation: Operation, _ className: String, _ end: String) throws -> Operation.Layer {
    switch try operation.pair() {
    case .tensors(let a, let b): return Operation.Layer(className: className, tensors: [a, b])
    case .constant(let value, let tensor, _):
        guard let number = value.double else {
            throw operation.unsupported("compares with several constants")
        }
        if className == "Maximum", number == 0 {
            return Operation.Layer(className: "Activation", config: ["activation": "relu"], tensors: [tensor])
        }
        return try elementwise(.clip, of: tensor, [end: .number(number)])
    }
}

private func power(_ operation: inout Operation) throws -> Operation.Layer {
    guard case .constant(let value, let tensor, false) = try operation.pair(), let exponent = value.double
    else {
        throw operation.unsupported("has an exponent that is not a constant number")
    }
    if exponent == 2 { return Operation.Layer(className: "Multiply", tensors: [tensor, tensor]) }
    return try elementwise(.power, of: tensor, ["exponent": .number(exponent)])
}

private func clip(_ operation: inout Operation) throws -> Operation.Layer {
    let ends = [operation.take("clip_value_min", "x_min"), operation.take("clip_value_max", "x_max")]
    let numbers = ends.compactMap { $0?.double }
    guard numbers.count == 2, numbers[0] <= numbers[1] else {
        throw operation.unsupported("has bounds that are not ascending numbers")
    }
    return try elementwise(
        .clip, of: try operation.tensor(), ["lowest": .number(numbers[0]), "highest": .number(numbers[1])])
}

private func elementwise(_ operation: Operation, _ function: Elementwise.Function) throws -> Operation.Layer {
    try elementwise(function, of: try operation.tensor(), [:])
}

private func elementwise(_ function: Elementwise.Function, of tensor: JSON, _ options: JSONObject) throws
    -> Operation.Layer
{
    var config = options
    config["function"] = .string(function.rawValue)
    return Operation.Layer(className: "Elementwise", config: config, tensors: [tensor])
}

private func activation(_ operation: Operation, _ word: String) throws -> Operation.Layer {
    Operation.Layer(
        className: "Activation", config: ["activation": .string(word)], tensors: [try operation.tensor()])
}

private func reduced(_ operation: inout Operation, _ function: Reduce.AxisReduction) throws -> Operation.Layer
{
    let (axis, keeps) = (operation.take("axis") ?? .null, operation.take("keepdims") ?? false)
    return Operation.Layer(
        className: "Reduce",
        config: ["function": .string(function.rawValue), "axis": axis, "keepdims": keeps],
        tensors: [try operation.tensor()])
}

/// Returns the axis that is inserted or removed.
private func place(_ operation: inout Operation) throws -> Int {
    let given = operation.take("axis") ?? .null
    guard let axis = given.int ?? (given.array?.count == 1 ? given.array?[0].int : nil), axis != 0,
        (-31...31).contains(axis)
    else {
        throw operation.unsupported("uses the axis \(given.text().prefix(40)), which is not supported")
    }
    return axis
}

/// Converts `[:, :, place]` or `[..., place, :]`: an index at an axis, in Keras' numbering. A new axis is
/// numbered in the output.
private func getItem(_ operation: Operation, axis: Int, _ place: JSON, new: Bool) throws -> Operation.Layer {
    let whole: JSON = ["start": .null, "stop": .null, "step": .null]
    let key: [JSON] =
        axis > 0
        ? Array(repeating: whole, count: axis) + [place]
        : ["...", place] + Array(repeating: whole, count: -axis - 1)
    return Operation.Layer(
        className: "GetItem", config: ["key": .array(key)], tensors: [try operation.tensor()])
}

/// Converts the key of `x[key]` as either generation writes it.
private func getItem(_ operation: Operation, key: JSON, of tensor: JSON) throws -> Operation.Layer {
    let places = try (key.array ?? [key]).map { item -> JSON in
        if item["class_name"] == "__ellipsis__" { return "..." }
        if item["class_name"] == "__slice__" { return item["config"] ?? .null }
        let isRange = item.object.map { $0["class_name"] == nil } ?? false
        guard isRange || item.isNull || item.int != nil else {
            throw operation.unsupported("takes \(item.text().prefix(60)), which is not an index")
        }
        return item
    }
    return Operation.Layer(className: "GetItem", config: ["key": .array(places)], tensors: [tensor])
}
