import Tensors

/// Applies gradient clipping and weight decay before a step.
extension GeneralOptions {
    /// Clips gradients, one window per weight. Keras 2.10 applies all given limits; later versions apply only
    /// one of them.
    func clip(_ gradients: [Floats]) {
        guard clips else { return }
        if let clipValue, !newer || clipNorm == nil && globalClipNorm == nil {
            for gradient in gradients { Tensors.clip(gradient, to: Float(clipValue)) }
        }
        if let clipNorm {
            for gradient in gradients { shorten([gradient], to: clipNorm) }
        } else if let globalClipNorm {
            shorten(gradients, to: globalClipNorm)
        }
    }

    private func shorten(_ gradients: [Floats], to limit: Double) {
        let length = gradients.reduce(0) { $0 + squaredLength($1) }.squareRoot()
        guard length > limit else { return }
        for gradient in gradients {
            scaleShift(gradient, scale: Float(limit / length), shift: 0, into: gradient)
        }
    }

    /// w −= w · decay · lr
    func decay(_ weights: Floats, rate: Float) {
        guard let weightDecay else { return }
        scaleShift(weights, scale: 1 - Float(weightDecay) * rate, shift: 0, into: weights)
    }
}
