/// The effect of a layer on the mask of its first input, which has 1 for valid time steps and 0 for padding.
/// Source: Keras' `compute_mask`.
public enum MaskUse: Equatable, Sendable {
    /// The output has no mask.
    case ends
    /// The output has the first input's mask.
    case passes
    /// The output has the mask of this input.
    case takes(Int)
    /// The forward pass writes `CallMemory.outputMask`, of this shape: the output's leading axes.
    case makes([Int])

    /// Returns the shape of the output's mask; nil for none. `masks` are those of the inputs.
    func shape(_ masks: [[Int]?]) -> [Int]? {
        switch self {
        case .ends: nil
        case .passes: masks.first ?? nil
        case .takes(let input): masks[input]
        case .makes(let shape): shape
        }
    }
}
