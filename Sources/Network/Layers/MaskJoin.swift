import Tensors

/// The meaning of masks to a layer that combines its inputs. Keras changed it in 3.4, and for Multiply in 3.6.
public enum MaskJoin: String, Sendable {
    /// The option by which a file reader passes the rule of the file's Keras version. No file contains it.
    public static let key = "mask_join"

    /// The output is valid where all inputs with a mask are; values do not depend on masks.
    case all
    /// The output is valid where any input is, and has no mask if an input has none. Multiply, Maximum and Minimum leave
    /// out masked values; where all are masked, the product is 0, and Maximum and Minimum give the first input.
    case any
}

extension CallMemory {
    /// Calls `body` with the places of the i-th input's values, in the output's shape, that a merging layer leaves out, and
    /// with true for those of the first input where no input is valid.
    func eachMasked(_ i: Int, count: Int, _ body: (_ place: Int, _ isAlone: Bool) -> Void) {
        guard mask(i) != nil, count > 0 else { return }
        let size = count / rows
        for row in 0..<rows {
            for place in 0..<size where !isValid(i, row, place, of: size) {
                let isAlone = i == 0 && !(1..<inputCount).contains { isValid($0, row, place, of: size) }
                body(row * size + place, isAlone)
            }
        }
    }

    /// A mask has the leading axes of the output, or is one value for all of a broadcast axis.
    private func isValid(_ i: Int, _ row: Int, _ place: Int, of size: Int) -> Bool {
        guard let mask = mask(i) else { return true }
        let steps = mask.count / rows
        return mask[row * steps + place / (size / steps)] != 0
    }
}
