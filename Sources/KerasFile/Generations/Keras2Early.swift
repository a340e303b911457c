import Base

/// Defaults of Keras 2.0 to 2.3, and of tf.keras before 2.4, that differ from today's.
enum Keras2Early {
    static func update(_ entry: inout LayerEntry, minor: Int) {
        switch entry.className {
        case "LSTM", "GRU", "LSTMCell", "GRUCell":
            // The default was hard_sigmoid before 2.3 and sigmoid since; configs written by Keras contain the
            // option.
            if minor < 3 { entry.standard("recurrent_activation", "hard_sigmoid") }
            if entry.className.hasPrefix("GRU") { entry.standard("reset_after", false) }
        default: break
        }
    }

    /// Masked steps of a sequence were not zero before Keras became part of TensorFlow.
    static func updateBidirectional(_ entry: inout LayerEntry) {
        if entry.className == "Bidirectional" { entry.standard("zero_output_for_mask", false) }
    }

    /// Converts CuDNN layers, which compute the same as the plain layers with these options.
    static func updateCuDNN(_ entry: inout LayerEntry) {
        guard ["CuDNNLSTM", "CuDNNGRU"].contains(entry.className) else { return }
        entry.className = String(entry.className.dropFirst(5))
        entry.config["activation"] = "tanh"
        entry.config["recurrent_activation"] = "sigmoid"
        entry.config["use_bias"] = true
        if entry.className == "GRU" { entry.config["reset_after"] = true }
    }
}
