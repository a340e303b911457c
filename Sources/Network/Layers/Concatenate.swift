import Base
import Tensors

/// Concatenates the inputs along an axis; all other sizes are equal.
public struct Concatenate: StatelessLayer {
    public static let className = "Concatenate"
    public var name = "concatenate"
    public var trainable = true
    /// Counted with the batch as axis 0, or from the end.
    public var axis: Int
    var maskJoin = MaskJoin.all

    public init(axis: Int = -1) { self.axis = axis }

    public init(from config: inout LayerConfig) throws(CellarError) {
        axis = try config.int("axis", default: -1, in: -1000...1000)
        maskJoin = config.maskJoin() ?? .all
    }

    public var config: JSONObject { ["axis": .integer(axis)] }

    /// The index of the axis in a shape without the batch.
    private func place(_ shape: [Int]) -> Int { checkedAxes([axis], of: shape)[0] }

    public static var isCheap: Bool { true }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try check(count: inputs.count, in: 1...Int.max)
        var shape = inputs[0]
        let place = try sampleAxes([axis], of: shape)[0]
        for input in inputs.dropFirst() {
            guard input.count == shape.count,
                shape.indices.allSatisfy({ $0 == place || input[$0] == shape[$0] })
            else {
                throw CellarError(
                    "cannot put inputs of the shapes \(inputs.map { "\($0)" }.joined(separator: " and ")) "
                        + "one behind the other along axis \(axis): their other sizes differ",
                    subject: subject, key: "axis")
            }
            shape[place] += input[place]
        }
        return shape
    }

    /// Masks are concatenated too; if they do not have the axis, they are joined.
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse {
        guard maskJoin != .none, let rank = masks.compactMap({ $0?.count }).first else { return .ends }
        let place = place(inputs[0])
        guard place < rank else {
            return maskJoin == .any && masks.contains(nil) ? .ends : joinedMask(masks)
        }
        guard masks.allSatisfy({ $0 == nil || $0?.count == rank }) else { return .ends }
        var shape = Array(inputs[0].prefix(rank))
        shape[place] = inputs.reduce(0) { $0 + $1[place] }
        return .makes(shape)
    }

    public func maskJoin(sameMasks: Bool, rank: Int) -> MaskJoin? {
        if sameMasks { return nil }
        return maskJoin == .none || axis == -1 || axis == rank ? maskJoin : nil
    }

    /// Calls `body` with the rows of each input and their place in the output: as many rows, `whole` numbers apart.
    ///
    /// - shapes: Of the inputs, or of masks, which are the first axes of those.
    /// - place: The index of the axis, which is counted from the end of the inputs' shapes.
    private func eachInput(
        _ shapes: [[Int]], along place: Int, rows: Int,
        _ body: (_ input: Int, _ length: Int, _ offset: Int, _ whole: Int, _ rows: Int) -> Void
    ) {
        let blocks = rows * shapes[0].prefix(place).reduce(1, *)
        let lengths = shapes.map { $0.dropFirst(place).reduce(1, *) }
        let whole = lengths.reduce(0, +)
        var offset = 0
        for (input, length) in lengths.enumerated() {
            body(input, length, offset, whole, blocks)
            offset += length
        }
    }

    public func forward(_ call: CallMemory) {
        let y = call.y
        let shapes = call.inputShapes
        eachInput(shapes, along: place(shapes[0]), rows: call.rows) { input, length, offset, whole, rows in
            copyRows(rows, of: length, from: call.x(input), step: length, to: y, place: offset, stride: whole)
        }
        makeMask(call)
    }

    private func makeMask(_ call: CallMemory) {
        guard let mask = call.outputMask, call.rows > 0 else { return }
        // The rank of the inputs' masks determines the case.
        let place = place(call.inputShapes[0])
        guard let rank = maskRank(call), place < rank else {
            return maskJoin == .any ? uniteMasks(call) : joinMasks(call)
        }
        let shapes = call.inputShapes.map { Array($0.prefix(rank)) }
        mask.fill(1)
        eachInput(shapes, along: place, rows: call.rows) { input, length, offset, whole, rows in
            guard let part = call.mask(input) else { return }
            copyRows(rows, of: length, from: part, step: length, to: mask, place: offset, stride: whole)
        }
    }

    private func maskRank(_ call: CallMemory) -> Int? {
        for i in 0..<call.inputCount {
            guard let mask = call.mask(i) else { continue }
            let size = mask.count / call.rows
            return (0...call.inputShapes[i].count).first {
                call.inputShapes[i].prefix($0).reduce(1, *) == size
            }
        }
        return nil
    }

    public func backward(_ call: CallMemory) {
        let dy = call.dy
        let shapes = call.inputShapes
        eachInput(shapes, along: place(shapes[0]), rows: call.rows) { input, length, offset, whole, rows in
            guard let gradient = call.dx(input) else { return }
            copyRows(rows, of: length, from: dy, start: offset, step: whole, to: gradient, stride: length)
        }
    }
}
