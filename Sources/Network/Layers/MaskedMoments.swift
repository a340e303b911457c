import Tensors

/// The mean and variance of a masked batch, as BatchNormalization computes them since Keras 2.12: over unmasked
/// positions only. All positions are normalized.
struct MaskedMoments {
    /// The mask [samples, shape without its last axis], 1 for unmasked positions.
    private let mask: Floats
    private let channels: Int
    /// The number of positions after the channel axis, and the size of the last axis.
    private let run, last: Int

    /// Returns nil if the mask does not have the shape without its last axis, which Keras requires.
    init?(_ mask: Floats?, shape: [Int], channelAxis: Int, samples: Int) {
        guard let mask, let last = shape.last, mask.count * last == samples * shape.reduce(1, *) else {
            return nil
        }
        (self.mask, self.last) = (mask, last)
        (channels, run) = (shape[channelAxis], shape.dropFirst(channelAxis + 1).reduce(1, *))
    }

    /// The mask of a number in rows of channels, in the layout of `AxisRows`.
    private func weight(_ row: Int, _ channel: Int) -> Float {
        mask[((row / run * channels + channel) * run + row % run) / last]
    }

    private func each(_ count: Int, _ body: (_ place: Int, _ channel: Int, _ weight: Float) -> Void) {
        for row in 0..<count / channels {
            for channel in 0..<channels { body(row * channels + channel, channel, weight(row, channel)) }
        }
    }

    /// Computes sums = Σ x and counts over the unmasked positions of each channel.
    func sums(_ x: Floats, into sums: Floats, counts: Floats) {
        sums.fill(0)
        counts.fill(0)
        each(x.count) { place, channel, weight in
            guard weight != 0 else { return }
            sums[channel] += x[place]
            counts[channel] += 1
        }
    }

    /// Computes sums = Σ (x − mean)² over the unmasked positions of each channel.
    func squares(_ x: Floats, mean: Floats, into sums: Floats) {
        sums.fill(0)
        each(x.count) { place, channel, weight in
            guard weight != 0 else { return }
            sums[channel] += (x[place] - mean[channel]) * (x[place] - mean[channel])
        }
    }

    /// Computes dx = factor · (dy − meanDy − x̂ · meanDyXhat). Masked positions do not affect mean and
    /// variance, so their gradient is factor · dy.
    func backward(
        _ dy: Floats, xhat: Floats, factor: Floats, meanDy: Floats, meanDyXhat: Floats, into dx: Floats
    ) {
        each(dy.count) { place, channel, weight in
            let through = weight == 0 ? 0 : meanDy[channel] + xhat[place] * meanDyXhat[channel]
            dx[place] = factor[channel] * (dy[place] - through)
        }
    }
}
