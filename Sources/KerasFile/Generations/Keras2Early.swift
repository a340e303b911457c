import Base

/// Keras 2.0 to 2.3, and tf.keras before 2.4: where their silence meant something else than today's.
enum Keras2Early {
    static func update(_ entry: inout LayerEntry, minor: Int) {
        switch entry.className {
        case "LSTM", "GRU", "LSTMCell", "GRUCell":
            // 2.3 took sigmoid, before it was hard_sigmoid; configs that Keras wrote say so.
            if minor < 3 { entry.standard("recurrent_activation", "hard_sigmoid") }
            if entry.className.hasPrefix("GRU") { entry.standard("reset_after", false) }
        default: break
        }
    }

    /// Before TensorFlow's Keras, masked steps of a sequence were not zero.
    static func updateBidirectional(_ entry: inout LayerEntry) {
        if entry.className == "Bidirectional" { entry.standard("zero_output_for_mask", false) }
    }

    /// The layers for one library's fast path, which compute what the plain ones do with these options.
    static func updateCuDNN(_ entry: inout LayerEntry) {
        guard ["CuDNNLSTM", "CuDNNGRU"].contains(entry.className) else { return }
        entry.className = String(entry.className.dropFirst(5))
        entry.config["activation"] = "tanh"
        entry.config["recurrent_activation"] = "sigmoid"
        entry.config["use_bias"] = true
        if entry.className == "GRU" { entry.config["reset_after"] = true }
    }
}
