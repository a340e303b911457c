import Tensors

/// The meaning of masks to a layer that combines its inputs. Keras changed it in 3.0, in 3.4, and for Multiply in 3.6. Concatenate
/// takes its values from all inputs in any case.
public enum MaskJoin: String, Sendable {
    /// The option by which a file reader passes the rule of the file's Keras version. No file contains it.
    public static let key = "mask_join"

    /// The output is valid where all inputs with a mask are; values do not depend on masks.
    case all
    /// The output is valid where any input is, and has no mask if an input has none. Multiply, Maximum and Minimum leave
    /// out masked values; where all are masked, the product is 0, and Maximum and Minimum give the first input.
    case any
    /// The output has no mask; values do not depend on masks. Keras 3.0 to 3.3 look for the mask of a list of inputs, which has
    /// none, and so the outputs of Attention and AdditiveAttention have none either.
    case none
}

extension LayerConfig {
    /// Returns the rule that a file reader passes; nil if it passes none.
    mutating func maskJoin() -> MaskJoin? { value(MaskJoin.key)?.string.flatMap(MaskJoin.init(rawValue:)) }
}

extension CallMemory {
    /// The mask of the i-th input if it is one of that input's own steps, all axes but the last. Keras puts axes before those of
    /// an input that has fewer than the output, which loses its mask by that.
    func stepMask(_ i: Int) -> Floats? {
        let shape = inputShapes[i]
        guard let mask = mask(i), shape.count == outputShape.count,
            mask.count == rows * shape.dropLast().reduce(1, *)
        else { return nil }
        return mask
    }

    /// Calls `body` with the ranges of the i-th input's values, in the output's shape, that a merging layer leaves out, and with
    /// true for those of the first input where no input is valid.
    func eachMasked(_ i: Int, _ body: (_ values: Range<Int>, _ isAlone: Bool) -> Void) {
        guard stepMask(i) != nil else { return }
        let masks = (0..<inputCount).map { stepMask($0) }
        let axes = inputShapes.map { Array($0.dropLast()) }
        let steps = Array(outputShape.dropLast())
        let (count, width) = (steps.reduce(1, *), outputShape.last ?? 1)
        func isValid(_ input: Int, _ row: Int, _ step: Int) -> Bool {
            guard let mask = masks[input] else { return true }
            let size = mask.count / rows
            return mask[row * size + place(ofStep: step, among: steps, in: axes[input])] != 0
        }
        for row in 0..<rows {
            for step in 0..<count where !isValid(i, row, step) {
                let isAlone = i == 0 && !(1..<inputCount).contains { isValid($0, row, step) }
                let start = (row * count + step) * width
                body(start..<start + width, isAlone)
            }
        }
    }
}

/// Returns the place of a step of the output in a mask, some axes of which may have the size 1 and are repeated.
func place(ofStep step: Int, among steps: [Int], in axes: [Int]) -> Int {
    if axes == steps { return step }
    var (rest, place, stride) = (step, 0, 1)
    for axis in steps.indices.reversed() {
        if axes[axis] != 1 { place += rest % steps[axis] * stride }
        rest /= steps[axis]
        stride *= axes[axis]
    }
    return place
}

/// Returns the shape of masks that are repeated along axes of size 1; nil if they do not fit.
func joinedShape(_ masks: [[Int]]) -> [Int]? {
    masks.dropFirst().reduce(masks.first) { shape, mask in
        guard let shape, shape.count == mask.count,
            zip(shape, mask).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 })
        else { return nil }
        return zip(shape, mask).map { $0 == 1 ? $1 : $0 }
    }
}
