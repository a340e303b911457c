import Base

/// The generation of Keras whose rule a layer follows for its output's mask, where the generations differ.
public enum MaskForm: String, Sendable {
    /// The option by which a file reader passes the generation of the file. No file contains it.
    public static let key = "mask_form"

    case keras2, keras3

    init(from config: inout LayerConfig) {
        self = config.value(Self.key)?.string.flatMap(Self.init(rawValue:)) ?? .keras2
    }
}
