/// What a mask means to a call of a recurrent layer that is given initial states. Keras changed it twice. Without
/// initial states all of them give the same.
public enum InitialStateMask: String, CaseIterable, Sendable {
    /// The option by which a reader of files passes the rule of the file's Keras on. No file has it.
    public static let key = "mask_with_initial_state"

    /// tf.keras: the output is zero at masked steps before the first unmasked one.
    case zeroesLeading = "zeroes_leading"
    /// Keras before it was part of TensorFlow: the output there is the initial state.
    case repeatsState = "repeats_state"
    /// Keras 3: the layer takes no mask, unless the call has it as an argument.
    case ignored
}
