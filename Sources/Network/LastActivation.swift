extension Model {
    /// Returns the activation of an output; nil if it is linear. Layers that do not change values are
    /// skipped.
    public func lastActivation(ofOutput output: Int = 0) -> Activation? {
        var call = outputs[output]
        while true {
            let layer = layers[calls[call].layer]
            if let activation = layer.finalActivation, activation != .linear { return activation }
            guard layer.keepsNumbers, let input = calls[call].inputs.first else { return nil }
            call = input
        }
    }
}
