import CKernels

/// A convolution with few filters, computed for `factor` adjacent windows at once to fill vectors: the kernel
/// is repeated, shifted by the stride, with `factor` times as many filters. The output has the same numbers
/// in the same order. (Six filters of 5 × 5 fill 6 lanes of 16; two windows are twelve filters of 5 × 6.)
struct WideConvolution {
    var convolution: Convolution
    var factor: Int
    private var cells: Int
    private var shift: Int

    init(_ plain: Convolution, factor: Int) {
        (convolution, self.factor) = (plain, factor)
        cells = plain.windows.width.window
        shift = plain.windows.width.stride
        convolution.windows.width.output /= factor
        convolution.windows.width.stride *= factor
        convolution.windows.width.window += (factor - 1) * shift
        convolution.kind = .full(filters: plain.filters * factor, groups: 1)
    }

    func widen(_ kernel: Floats, into wide: Floats) {
        precondition(wide.count == convolution.kernelCount)
        let (rows, filters) = sizes
        precondition(kernel.count == rows * cells * convolution.channels * filters)
        unsafe ck_widen_kernel(
            kernel.base, rows, cells, convolution.channels, filters, shift, factor, wide.base)
    }

    func narrow(_ wide: Floats, into kernel: Floats) {
        precondition(wide.count == convolution.kernelCount)
        let (rows, filters) = sizes
        precondition(kernel.count == rows * cells * convolution.channels * filters)
        unsafe ck_narrow_kernel(
            wide.base, rows, cells, convolution.channels, filters, shift, factor, kernel.base)
    }

    private var sizes: (rows: Int, filters: Int) {
        (convolution.windows.depth.window * convolution.windows.height.window, convolution.filters / factor)
    }
}

extension Convolution {
    /// The wide form, if it is less work. (Not with channels first, where its output order differs.)
    var widened: WideConvolution? {
        let lanes = ck_lanes()
        guard case .full(let filters, 1) = kind, filters < 2 * lanes, windows.width.dilation == 1,
            !isPointwise,
            !channelsFirst
        else { return nil }
        // The time of a block of rows per term, in half cycles; measured loads bound the narrow form.
        func cost(_ factor: Int) -> Double {
            let vectors = (factor * filters + lanes - 1) / lanes
            let each = Double(vectors / 3) * 12 + (vectors % 3 == 0 ? 0 : vectors % 3 == 1 ? 5 : 8)
            let window = windows.width.window + (factor - 1) * windows.width.stride
            return each * Double(window) / Double(factor)
        }
        var best = 1
        for factor in 2...8 where windows.width.output % factor == 0 && cost(factor) < 0.9 * cost(best) {
            best = factor
        }
        guard best > 1 else { return nil }
        return WideConvolution(self, factor: best)
    }
}
