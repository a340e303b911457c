import Tensors

/// The sampling of one axis when an image is resized: each output is between two inputs, or on one.
struct AxisSampling {
    private(set) var low: [Int] = []
    private(set) var high: [Int] = []
    /// The weight of the higher input.
    private(set) var share: [Float] = []

    /// - smooth: linear interpolation; otherwise the nearest input is taken.
    ///
    /// Source: TensorFlow's `tf.image.resize`: pixel centres are at half-integers, and edge pixels are repeated
    /// outside the image.
    init(from input: Int, to output: Int, smooth: Bool) {
        let scale = Float(input) / Float(output)
        for i in 0..<output {
            if smooth {
                let place = (Float(i) + 0.5) * scale - 0.5
                let floor = place.rounded(.down)
                low.append(max(Int(floor), 0))
                high.append(min(Int(place.rounded(.up)), input - 1))
                share.append(low[i] == high[i] ? 0 : place - floor)
            } else {
                low.append(min(Int(((Float(i) + 0.5) * scale).rounded(.down)), input - 1))
                high.append(low[i])
                share.append(0)
            }
        }
    }
}

/// Resizes an image. The forward pass reads inputs; the backward pass adds gradients to the same inputs.
struct Resampling {
    let input, output: PerAxis<Int>
    let channels: Int
    private let depth, height, width: AxisSampling

    init(from input: PerAxis<Int>, to output: PerAxis<Int>, channels: Int, smooth: Bool) {
        (self.input, self.output, self.channels) = (input, output, channels)
        depth = AxisSampling(from: input.depth, to: output.depth, smooth: false)
        height = AxisSampling(from: input.height, to: output.height, smooth: smooth)
        width = AxisSampling(from: input.width, to: output.width, smooth: smooth)
    }

    func forward(_ x: Floats, into y: Floats) {
        eachPixel(images: y.count / (output.product * channels)) { corners, to in
            let target = y[to..<to + channels]
            if corners.isOne { return target.copy(from: x[corners.a..<corners.a + channels]) }
            for c in 0..<channels {
                let top = x[corners.a + c] + (x[corners.b + c] - x[corners.a + c]) * corners.right
                let bottom = x[corners.c + c] + (x[corners.d + c] - x[corners.c + c]) * corners.right
                target[c] = top + (bottom - top) * corners.down
            }
        }
    }

    func backward(_ dy: Floats, into dx: Floats) {
        dx.fill(0)
        eachPixel(images: dy.count / (output.product * channels)) { corners, from in
            if corners.isOne {
                return add(dy[from..<from + channels], to: dx[corners.a..<corners.a + channels])
            }
            for c in 0..<channels {
                let (top, bottom) = (dy[from + c] * (1 - corners.down), dy[from + c] * corners.down)
                dx[corners.a + c] += top * (1 - corners.right)
                dx[corners.b + c] += top * corners.right
                dx[corners.c + c] += bottom * (1 - corners.right)
                dx[corners.d + c] += bottom * corners.right
            }
        }
    }

    /// The four inputs around an output: a and b in the upper line, c and d in the lower one, and the output's
    /// distance from a.
    private struct Corners {
        var a, b, c, d: Int
        var right, down: Float
        var isOne: Bool { right == 0 && down == 0 }
    }

    private func eachPixel(images: Int, _ body: (Corners, Int) -> Void) {
        var to = 0
        for image in 0..<images {
            for d in 0..<output.depth {
                let plane = (image * input.depth + depth.low[d]) * input.height
                for h in 0..<output.height {
                    let upper = (plane + height.low[h]) * input.width
                    let lower = (plane + height.high[h]) * input.width
                    for w in 0..<output.width {
                        let (left, right) = (width.low[w], width.high[w])
                        body(
                            Corners(
                                a: (upper + left) * channels, b: (upper + right) * channels,
                                c: (lower + left) * channels, d: (lower + right) * channels,
                                right: width.share[w], down: height.share[h]), to)
                        to += channels
                    }
                }
            }
        }
    }
}
