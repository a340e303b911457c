/// What a layer does with the mask that comes with its first input: which steps of a sample count (1) and which are
/// padding (0). Source: Keras' `compute_mask`.
public enum MaskUse: Equatable, Sendable {
    /// No mask leaves the layer.
    case ends
    /// The first input's mask goes on as it is.
    case passes
    /// `forward` writes `step.outputMask`, of this shape: leading axes of the output's.
    case makes([Int])
}
