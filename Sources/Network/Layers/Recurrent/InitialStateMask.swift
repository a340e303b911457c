/// The effect of a mask on a call of a recurrent layer with initial states. Keras changed it twice. Without
/// initial states, all cases give the same result.
public enum InitialStateMask: String, CaseIterable, Sendable {
    /// The option by which a file reader passes the rule of the file's Keras version. No file contains it.
    public static let key = "mask_with_initial_state"

    /// tf.keras: the output is zero at masked steps before the first unmasked one.
    case zeroesLeading = "zeroes_leading"
    /// Keras before it was part of TensorFlow: the output at those steps is the initial state.
    case repeatsState = "repeats_state"
    /// Keras 3: the layer ignores the mask, unless the call has it as an argument.
    case ignored
}
