import Base
import Tensors

/// A layer that combines its inputs elementwise. Shapes are broadcast as in NumPy: aligned at the right, with
/// sizes of 1 repeated. Source: Keras' `_Merge`.
protocol MergingLayer: StatelessLayer {
    init()
    /// The allowed numbers of inputs.
    static var inputCounts: ClosedRange<Int> { get }
    /// Computes y from the inputs, each of which has the output's shape.
    func merge(_ inputs: MergedInputs, into y: Floats)
    /// Computes the gradient of the i-th input, in the output's shape; calls for successive
    /// inputs may change `dy`.
    func gradient(_ i: Int, _ inputs: MergedInputs, y: Floats, dy: Floats, into dx: Floats)
    /// Whether `gradient` must be called for every input, in order.
    static var needsEveryGradient: Bool { get }
    var maskJoin: MaskJoin { get set }
    /// The value that changes no result, which stands for masked ones under `MaskJoin.any`; nil if they are not left out.
    static var neutral: Float? { get }
}

/// The inputs of a merging layer, broadcast to the output's shape.
struct MergedInputs {
    fileprivate let call: CallMemory
    /// Stands for masked values, if they are left out.
    fileprivate let neutral: Float?
    var count: Int { call.inputCount }

    /// The i-th input. An input of the output's shape is read in place; others are broadcast into the scratch, and those
    /// whose masked values are left out are copied there.
    subscript(i: Int) -> Floats {
        isCopied(i) ? room(i).prefix(call.rows * call.outputSize) : call.x(i)
    }

    private func isCopied(_ i: Int) -> Bool {
        call.inputShapes[i] != call.outputShape || leavesOut(i)
    }

    fileprivate func leavesOut(_ i: Int) -> Bool { neutral != nil && call.stepMask(i) != nil }

    /// The scratch of the i-th input. The scratch consists of a piece for each input that may be copied, and one more.
    private func room(_ i: Int) -> Floats {
        let before =
            neutral == nil ? call.inputShapes[..<i].count(where: { $0 != call.outputShape }) : i
        return call.scratch[before * piece..<(before + 1) * piece]
    }

    private var piece: Int {
        call.scratch.count / (Self.copies(call.inputShapes, call.outputShape, neutral) + 1)
    }

    /// A buffer for one gradient before it is summed.
    fileprivate var last: Floats {
        call.scratch[call.scratch.count - piece..<call.scratch.count].prefix(call.rows * call.outputSize)
    }

    fileprivate func expand(keepsFirst: Bool) {
        for i in 0..<count where isCopied(i) {
            view(i).read(call.x(i), rows: call.rows, rowStride: size(i), into: self[i])
            if let neutral, leavesOut(i) {
                let values = self[i]
                call.eachMasked(i) { places, isAlone in
                    if isAlone && keepsFirst { return }
                    for place in places { values[place] = isAlone ? 0 : neutral }
                }
            }
        }
    }

    fileprivate func view(_ i: Int) -> StridedView {
        StridedView(broadcasting: call.inputShapes[i], to: call.outputShape)
    }

    fileprivate func size(_ i: Int) -> Int { call.inputShapes[i].reduce(1, *) }

    fileprivate static func copies(_ inputs: [[Int]], _ output: [Int], _ neutral: Float?) -> Int {
        neutral == nil ? inputs.count(where: { $0 != output }) : inputs.count
    }
}

extension MergingLayer {
    static var inputCounts: ClosedRange<Int> { 1...Int.max }
    static var needsEveryGradient: Bool { false }
    static var neutral: Float? { nil }
    private var neutral: Float? { maskJoin == .any ? Self.neutral : nil }
    /// Under `MaskJoin.any`, a product of masked values alone is 0, and other results of such are the first input.
    private var keepsFirst: Bool { Self.neutral != 1 }

    public init(from config: inout LayerConfig) throws(CellarError) {
        self.init()
        if let join = config.maskJoin() { maskJoin = join }
    }
    public var config: JSONObject { [:] }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try check(count: inputs.count, in: Self.inputCounts)
        var shape: [Int] = []
        for input in inputs {
            let rank = max(shape.count, input.count)
            let (a, b) = (padded(shape, to: rank), padded(input, to: rank))
            guard zip(a, b).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else {
                throw CellarError(
                    "cannot join inputs of the shapes \(inputs.map { "\($0)" }.joined(separator: " and ")): "
                        + "aligned at the right, sizes must be equal or 1", subject: subject)
            }
            shape = zip(a, b).map { max($0, $1) }
        }
        return shape
    }

    private func padded(_ shape: [Int], to rank: Int) -> [Int] {
        Array(repeating: 1, count: rank - shape.count) + shape
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse {
        if maskJoin == .none { return .ends }
        if maskJoin == .all { return joinedMask(masks) }
        let known = masks.compactMap { $0 }
        guard known.count == masks.count, let shape = joinedShape(known) else { return .ends }
        return .makes(shape)
    }

    public var usesMasks: Bool { neutral != nil }

    public func maskJoin(sameMasks: Bool, rank: Int) -> MaskJoin? {
        sameMasks && Self.neutral == nil ? nil : maskJoin
    }

    /// Scratch with a piece for each input that is broadcast and one for a gradient.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        guard let output = try? outputShape(for: inputs) else { return 0 }
        let copies = MergedInputs.copies(inputs, output, neutral)
        let needed = copies + (copies > 0 || Self.needsEveryGradient ? 1 : 0)
        // All pieces have the same size; if no input is broadcast, only the last piece can exist.
        return needed * rows * output.reduce(1, *)
    }

    public func forward(_ call: CallMemory) {
        let inputs = MergedInputs(call: call, neutral: neutral)
        inputs.expand(keepsFirst: keepsFirst)
        merge(inputs, into: call.y)
        if maskJoin == .all { joinMasks(call) } else { uniteMasks(call) }
    }

    public func backward(_ call: CallMemory) {
        let inputs = MergedInputs(call: call, neutral: neutral)
        for i in 0..<inputs.count {
            let dx = call.dx(i)
            if dx == nil, !Self.needsEveryGradient { continue }
            let isWhole = call.inputShapes[i] == call.outputShape
            let target = isWhole ? dx ?? inputs.last : inputs.last
            gradient(i, inputs, y: call.y, dy: call.dy, into: target)
            guard let dx else { continue }
            if inputs.leavesOut(i) {
                call.eachMasked(i) { places, isAlone in
                    if isAlone && keepsFirst { return }
                    for place in places { target[place] = 0 }
                }
            }
            if !isWhole {
                dx.fill(0)
                inputs.view(i).add(inputs.last, rows: call.rows, rowStride: inputs.size(i), to: dx)
            }
        }
    }
}

extension Layer {
    func check(count: Int, in range: ClosedRange<Int>) throws(CellarError) {
        guard !range.contains(count) else { return }
        let wanted =
            range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) or more"
        throw CellarError("takes \(wanted) inputs, but \(count) are wired to it", subject: subject)
    }

    /// The use of masks if the output is masked wherever any input is.
    func joinedMask(_ masks: [[Int]?]) -> MaskUse {
        guard let first = masks.compactMap({ $0 }).first, masks.allSatisfy({ $0 == nil || $0 == first })
        else {
            return .ends
        }
        return .makes(first)
    }

    func joinMasks(_ call: CallMemory) {
        guard let mask = call.outputMask else { return }
        mask.fill(1)
        for i in 0..<call.inputCount {
            if let part = call.mask(i) { minimum(part, with: mask) }
        }
    }

    /// Makes an output mask that is valid where any input's is. Masks may be repeated along axes of size 1.
    func uniteMasks(_ call: CallMemory) {
        guard let mask = call.outputMask else { return }
        mask.fill(0)
        let size = mask.count / max(call.rows, 1)
        for i in 0..<call.inputCount {
            guard let part = call.mask(i) else { continue }
            if part.count == mask.count {
                maximum(part, with: mask)
                continue
            }
            let (steps, axes) = (Array(call.outputShape.dropLast()), Array(call.inputShapes[i].dropLast()))
            let own = part.count / call.rows
            for row in 0..<call.rows {
                for step in 0..<size where part[row * own + place(ofStep: step, among: steps, in: axes)] != 0
                {
                    mask[row * size + step] = 1
                }
            }
        }
    }
}

/// The sum of the inputs.
public struct Add: MergingLayer {
    public static let className = "Add"
    public var name = "add"
    public var trainable = true
    var maskJoin = MaskJoin.all
    public init() {}

    func merge(_ inputs: MergedInputs, into y: Floats) {
        y.copy(from: inputs[0])
        for i in 1..<max(inputs.count, 1) { add(inputs[i], to: y) }
    }

    func gradient(_ i: Int, _ inputs: MergedInputs, y: Floats, dy: Floats, into dx: Floats) {
        dx.copy(from: dy)
    }
}

/// The first input minus the second.
public struct Subtract: MergingLayer {
    public static let className = "Subtract"
    public var name = "subtract"
    public var trainable = true
    var maskJoin = MaskJoin.all
    public init() {}
    static var inputCounts: ClosedRange<Int> { 2...2 }

    func merge(_ inputs: MergedInputs, into y: Floats) { subtract(inputs[0], inputs[1], into: y) }

    func gradient(_ i: Int, _ inputs: MergedInputs, y: Floats, dy: Floats, into dx: Floats) {
        scaleShift(dy, scale: i == 0 ? 1 : -1, shift: 0, into: dx)
    }
}

/// The product of the inputs.
public struct Multiply: MergingLayer {
    public static let className = "Multiply"
    public var name = "multiply"
    public var trainable = true
    var maskJoin = MaskJoin.all
    public init() {}
    static var neutral: Float? { 1 }

    func merge(_ inputs: MergedInputs, into y: Floats) {
        y.copy(from: inputs[0])
        for i in 1..<max(inputs.count, 1) { multiplyElements(y, inputs[i], into: y) }
    }

    func gradient(_ i: Int, _ inputs: MergedInputs, y: Floats, dy: Floats, into dx: Floats) {
        dx.copy(from: dy)
        for other in 0..<inputs.count where other != i { multiplyElements(dx, inputs[other], into: dx) }
    }
}

/// The mean of the inputs.
public struct Average: MergingLayer {
    public static let className = "Average"
    public var name = "average"
    public var trainable = true
    var maskJoin = MaskJoin.all
    public init() {}

    func merge(_ inputs: MergedInputs, into y: Floats) {
        Add().merge(inputs, into: y)
        scaleShift(y, scale: 1 / Float(inputs.count), shift: 0, into: y)
    }

    func gradient(_ i: Int, _ inputs: MergedInputs, y: Floats, dy: Floats, into dx: Floats) {
        scaleShift(dy, scale: 1 / Float(inputs.count), shift: 0, into: dx)
    }
}

/// The elementwise maximum of the inputs; the gradient goes to the first input with that value.
public struct Maximum: MergingLayer {
    public static let className = "Maximum"
    public var name = "maximum"
    public var trainable = true
    var maskJoin = MaskJoin.all
    public init() {}
    static var neutral: Float? { -.infinity }
    static var needsEveryGradient: Bool { true }

    func merge(_ inputs: MergedInputs, into y: Floats) {
        y.copy(from: inputs[0])
        for i in 1..<max(inputs.count, 1) { maximum(inputs[i], with: y) }
    }

    func gradient(_ i: Int, _ inputs: MergedInputs, y: Floats, dy: Floats, into dx: Floats) {
        route(dy, where: inputs[i], is: y, into: dx)
    }
}

/// The elementwise minimum of the inputs; the gradient goes to the first input with that value.
public struct Minimum: MergingLayer {
    public static let className = "Minimum"
    public var name = "minimum"
    public var trainable = true
    var maskJoin = MaskJoin.all
    public init() {}
    static var neutral: Float? { .infinity }
    static var needsEveryGradient: Bool { true }

    func merge(_ inputs: MergedInputs, into y: Floats) {
        y.copy(from: inputs[0])
        for i in 1..<max(inputs.count, 1) { minimum(inputs[i], with: y) }
    }

    func gradient(_ i: Int, _ inputs: MergedInputs, y: Floats, dy: Floats, into dx: Floats) {
        route(dy, where: inputs[i], is: y, into: dx)
    }
}
