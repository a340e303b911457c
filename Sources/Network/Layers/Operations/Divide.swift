import Tensors

/// The first input divided by the second, elementwise.
public struct Divide: MergingLayer {
    public static let className = "Divide"
    public var name = "divide"
    public var trainable = true
    var maskJoin = MaskJoin.all
    public init() {}
    static var inputCounts: ClosedRange<Int> { 2...2 }

    func merge(_ inputs: MergedInputs, into y: Floats) {
        let (a, b) = (inputs[0], inputs[1])
        for i in 0..<y.count { y[i] = a[i] / b[i] }
    }

    func gradient(_ i: Int, _ inputs: MergedInputs, y: Floats, dy: Floats, into dx: Floats) {
        let b = inputs[1]
        for k in 0..<dx.count { dx[k] = i == 0 ? dy[k] / b[k] : -dy[k] * y[k] / b[k] }
    }
}
