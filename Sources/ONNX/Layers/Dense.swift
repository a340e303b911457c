import Base
import Network

/// Exports Dense: a Gemm for vectors, a MatMul over the last axis for higher ranks.
func exportDense(_ call: inout LayerExport) throws(CellarError) -> Value {
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

/// Exports EinsumDense. ONNX has the same equation syntax.
func exportEinsumDense(_ call: inout LayerExport) throws(CellarError) -> Value {
    let equation = try call.config.string("equation")
    let product = call.graph.node(
        "Einsum", [call.input.name(), try call.required("kernel")], ["equation": .string(equation)])
    let sum = call.constant("bias").map { call.graph.add(product, $0) } ?? product
    return call.output(try call.activated(sum))
}
