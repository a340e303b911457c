import Base
import Tensors

extension Layer {
    /// Creates a layer for each of the outputs, which have these shapes.
    func outputParts(_ shapes: [[Int]]) -> [any Layer] {
        shapes.indices.map { OutputPart($0, of: self, shapes: shapes) }
    }
}

/// One output of a layer with several outputs: a part of the row of numbers that such a layer computes for each
/// sample. Models create these layers themselves; files never contain them.
public struct OutputPart: StatelessLayer {
    public static let className = "OutputPart"
    public var name: String
    public var trainable = true
    /// The index of the output.
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
    public static var isOutputPart: Bool { true }
    public func outputShape(for inputs: [[Int]]) -> [Int] { shape }
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { carriesMask ? .passes : .ends }

    /// Calls `body` with the range of each sample's part in the whole row and in the output.
    private func eachRow(_ call: CallMemory, _ body: (_ whole: Range<Int>, _ part: Range<Int>) -> Void) {
        let (width, size) = (call.inputShapes[0][0], call.outputSize)
        for row in 0..<call.rows {
            let from = row * width + start
            body(from..<from + size, row * size..<(row + 1) * size)
        }
    }

    public func forward(_ call: CallMemory) {
        let (x, y) = (call.x(), call.y)
        eachRow(call) { whole, part in y[part].copy(from: x[whole]) }
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        let dy = call.dy
        dx.fill(0)
        eachRow(call) { whole, part in dx[whole].copy(from: dy[part]) }
    }
}
