import Tensors

/// Mean and variance of a batch in which a mask leaves places out, as BatchNormalization takes them since Keras 2.12: of what is
/// left in alone. All places are normalized all the same.
struct MaskedMoments {
    /// [samples, shape without its last axis], 1 for what is left in.
    private let mask: Floats
    private let channels: Int
    /// Places behind the channels' axis, and on the last axis.
    private let run, last: Int

    /// Nil where the mask is not of the shape without its last axis, which Keras asks for.
    init?(_ mask: Floats?, shape: [Int], channelAxis: Int, samples: Int) {
        guard let mask, let last = shape.last, mask.count * last == samples * shape.reduce(1, *) else {
            return nil
        }
        (self.mask, self.last) = (mask, last)
        (channels, run) = (shape[channelAxis], shape.dropFirst(channelAxis + 1).reduce(1, *))
    }

    /// The mask of a number in rows of channels, as `AxisRows` lays them.
    private func weight(_ row: Int, _ channel: Int) -> Float {
        mask[((row / run * channels + channel) * run + row % run) / last]
    }

    private func each(_ count: Int, _ body: (_ place: Int, _ channel: Int, _ weight: Float) -> Void) {
        for row in 0..<count / channels {
            for channel in 0..<channels { body(row * channels + channel, channel, weight(row, channel)) }
        }
    }

    /// sums = Σ x, counts = how many: of what is left in, for each channel.
    func sums(_ x: Floats, into sums: Floats, counts: Floats) {
        sums.fill(0)
        counts.fill(0)
        each(x.count) { place, channel, weight in
            guard weight != 0 else { return }
            sums[channel] += x[place]
            counts[channel] += 1
        }
    }

    /// sums = Σ (x − mean)² of what is left in, for each channel.
    func squares(_ x: Floats, mean: Floats, into sums: Floats) {
        sums.fill(0)
        each(x.count) { place, channel, weight in
            guard weight != 0 else { return }
            sums[channel] += (x[place] - mean[channel]) * (x[place] - mean[channel])
        }
    }

    /// dx = factor · (dy − meanDy − x̂ · meanDyXhat). What is left out did not move mean and variance: its gradient is factor · dy.
    func backward(
        _ dy: Floats, xhat: Floats, factor: Floats, meanDy: Floats, meanDyXhat: Floats, into dx: Floats
    ) {
        each(dy.count) { place, channel, weight in
            let through = weight == 0 ? 0 : meanDy[channel] + xhat[place] * meanDyXhat[channel]
            dx[place] = factor[channel] * (dy[place] - through)
        }
    }
}
