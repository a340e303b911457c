import Base
import Tensors

/// One of the tensors that a layer of several outputs gives: cut out of the one row of numbers that such a layer computes
/// for each sample. A model makes these by itself; no file knows of them.
public struct OutputPart: Layer {
    public static let className = "OutputPart"
    public var name: String
    public var trainable = true
    /// Which of the outputs it is, and its shape.
    public let index: Int
    let shape: [Int]
    private let start: Int
    private let carriesMask: Bool

    init(_ index: Int, of layer: any Layer, shapes: [[Int]]) {
        (self.index, shape, name) = (index, shapes[index], layer.name)
        start = shapes[..<index].reduce(0) { $0 + $1.reduce(1, *) }
        carriesMask = layer.outputCarriesMask(index)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        throw config.error("is no layer of a file")
    }

    public var config: JSONObject { [:] }
    public func outputShape(for inputs: [[Int]]) -> [Int] { shape }
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { carriesMask ? .passes : .ends }

    /// Where a sample's part lies in the whole, and in the output.
    private func eachRow(_ step: Step, _ body: (_ whole: Range<Int>, _ part: Range<Int>) -> Void) {
        let (width, size) = (step.inputShapes[0][0], step.outputSize)
        for row in 0..<step.rows {
            let from = row * width + start
            body(from..<from + size, row * size..<(row + 1) * size)
        }
    }

    public func forward(_ step: Step) {
        let (x, y) = (step.x(), step.y)
        eachRow(step) { whole, part in y[part].copy(from: x[whole]) }
    }

    public func backward(_ step: Step) {
        guard let dx = step.dx() else { return }
        let dy = step.dy
        dx.fill(0)
        eachRow(step) { whole, part in dx[whole].copy(from: dy[part]) }
    }
}
