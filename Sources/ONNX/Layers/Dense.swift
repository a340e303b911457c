import Base
import Network

/// One Gemm for vectors; products over the last axis of anything larger.
func exportDense(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let (x, kernel, bias) = (call.input.name(), try call.required("kernel"), call.constant("bias"))
    let graph = call.graph
    var y: String
    if call.input.rank == 1 {
        y = graph.node("Gemm", [x, kernel] + (bias.map { [$0] } ?? []))
    } else {
        y = graph.node("MatMul", [x, kernel])
        if let bias { y = graph.add(y, bias) }
    }
    // glu halves the last axis; all activations keep the rank.
    y = try call.activated(y)
    return call.output(y)
}

/// Sums by an equation, which ONNX has in the same words.
func exportEinsumDense(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let equation = try call.config.string("equation")
    let product = call.graph.node(
        "Einsum", [call.input.name(), try call.required("kernel")], ["equation": .string(equation)])
    let sum = call.constant("bias").map { call.graph.add(product, $0) } ?? product
    return call.output(try call.activated(sum))
}
