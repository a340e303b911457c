import CKernels

/// A convolution (strictly a correlation, as in every framework) of images [inputs, channels] with a kernel
/// to images [outputs, filters], and its two gradients.
///
/// y[o, f] = Σ over cells t and channels c of x[o · stride + t · dilation − before, c] · kernel[t, c, f]
///
/// - full: kernel [cells, channels / groups, filters]; each group of filters uses its own channels, in order.
/// - depthwise: kernel [cells, channels, multiplier]; filter c · multiplier + i uses only channel c.
///
/// It is a matrix product whose left factor, the numbers of the window at each position, is not materialized:
/// see ckconvolution.h. Images that need a border, or have channels first, are copied to scratch memory, a
/// few at a time.
public struct Convolution: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case full(filters: Int, groups: Int)
        case depthwise(multiplier: Int)
    }

    public var windows: Windows
    public var channels: Int
    public var kind: Kind
    /// Images are stored as [channels, inputs] and [filters, outputs].
    public var channelsFirst: Bool

    public init(_ windows: Windows, channels: Int, kind: Kind, channelsFirst: Bool = false) {
        (self.windows, self.channels, self.kind) = (windows, channels, kind)
        self.channelsFirst = channelsFirst
    }

    public var filters: Int {
        switch kind {
        case .full(let filters, _): filters
        case .depthwise(let multiplier): channels * multiplier
        }
    }

    public var inputSize: Int { windows.inputs * channels }
    public var outputSize: Int { windows.outputs * filters }
    public var kernelCount: Int { taps * filters }

    // The groups of a full convolution; a depthwise one is a single group whose columns are the channels.
    var groups: Int { if case .full(_, let groups) = kind { groups } else { 1 } }
    var isDepthwise: Bool { if case .depthwise = kind { true } else { false } }
    var multiplier: Int { if case .depthwise(let multiplier) = kind { multiplier } else { 1 } }

    /// The number of window elements that one filter uses.
    var taps: Int { isDepthwise ? windows.cells : windows.cells * (channels / groups) }
    /// The number of channels of an expanded image: a depthwise kernel repeats each channel for each of its
    /// filters.
    var width: Int { channels * multiplier }

    /// With windows of one cell, a stride of 1 and no border, each position is a row of a plain product.
    var isPointwise: Bool {
        !isDepthwise && !channelsFirst && groups == 1 && windows.cells == 1
            && windows.inputs == windows.outputs
            && !windows.isPadded
    }

    /// The number of images computed together, so that a product has enough rows to be efficient.
    func chunk(of rows: Int) -> Int {
        let room = copiesImages ? 1 << 19 : 1 << 22
        return max(1, min(rows, 512 / windows.outputs, room / (windows.padded * width)))
    }

    /// y = epilogue(x ∗ kernel), without alpha and accumulation: [rows, inputs, channels] -> [rows, outputs, filters].
    public func forward(_ x: Floats, kernel: Floats, into y: Floats, epilogue: Epilogue, scratch: Floats) {
        let rows = x.count / inputSize
        precondition(
            x.count == rows * inputSize && y.count >= rows * outputSize && kernel.count == kernelCount)
        precondition(!epilogue.accumulate && epilogue.alpha == 1)
        if isPointwise {
            return multiply(
                x, kernel, into: y, m: rows * windows.outputs, n: filters, k: channels, epilogue: epilogue)
        }
        let room = ConvolutionRoom(self, rows: rows, for: [.output])
        if let wide = room.wide {
            let wideKernel = scratch[room.wideKernel]
            wide.widen(kernel, into: wideKernel)
            var epilogue = epilogue
            if let bias = epilogue.bias {
                let wideBias = scratch[room.wideBias]
                for i in 0..<wide.factor {
                    wideBias[i * filters..<(i + 1) * filters].copy(from: bias.prefix(filters))
                }
                epilogue.bias = wideBias
            }
            return wide.convolution.products(x, wideKernel, into: y, epilogue, scratch, room)
        }
        products(x, kernel, into: y, epilogue, scratch, room)
    }

    private func products(
        _ x: Floats, _ kernel: Floats, into y: Floats, _ epilogue: Epilogue, _ scratch: Floats,
        _ room: ConvolutionRoom
    ) {
        let rows = x.count / inputSize
        let (places, taps) = (placeTable(scratch, room), tapTable(scratch, room))
        for first in stride(from: 0, to: rows, by: room.chunk) {
            let count = min(room.chunk, rows - first)
            let images = bringIn(x, first, count, scratch, room)
            let target = y[first * outputSize..<(first + count) * outputSize]
            let out = channelsFirst ? scratch[room.outputs].prefix(target.count) : target
            let (filters, width) = (filters / groups, width / groups)
            for group in 0..<groups {
                var epilogue = epilogue
                if let bias = epilogue.bias { epilogue.bias = bias[group * filters..<(group + 1) * filters] }
                gathered(
                    m: count * windows.outputs, n: filters, k: self.taps,
                    images[group * width..<images.count],
                    rows: places, columns: taps, kernel[group * filters..<kernel.count],
                    out[group * filters..<out.count], epilogue)
            }
            if channelsFirst { putChannelsFirst(out, into: target) }
        }
    }

    /// The kernel's gradient, summed over the rows: dKernel = xᵀ · dy.
    public func kernelGradient(_ x: Floats, _ dy: Floats, into dKernel: Floats, scratch: Floats) {
        let rows = x.count / inputSize
        precondition(
            x.count == rows * inputSize && dy.count >= rows * outputSize && dKernel.count == kernelCount)
        // A thread may have no samples of a short batch.
        guard rows > 0 else { return dKernel.fill(0) }
        if isPointwise {
            return multiply(
                x, dy, into: dKernel, m: channels, n: filters, k: rows * windows.outputs, transposed: true)
        }
        let room = ConvolutionRoom(self, rows: rows, for: [.kernelGradient])
        if let wide = room.wide {
            let gradient = scratch[room.wideKernel]
            wide.convolution.kernelProducts(x, dy, into: gradient, scratch, room)
            return wide.narrow(gradient, into: dKernel)
        }
        kernelProducts(x, dy, into: dKernel, scratch, room)
    }

    private func kernelProducts(
        _ x: Floats, _ dy: Floats, into dKernel: Floats, _ scratch: Floats, _ room: ConvolutionRoom
    ) {
        let rows = x.count / inputSize
        let (places, taps) = (placeTable(scratch, room), tapTable(scratch, room))
        for first in stride(from: 0, to: rows, by: room.chunk) {
            let count = min(room.chunk, rows - first)
            let images = bringIn(x, first, count, scratch, room)
            let gradient = channelsLast(dy, first, count, scratch, room)
            let (filters, width) = (filters / groups, width / groups)
            for group in 0..<groups {
                gathered(
                    m: self.taps, n: filters, k: count * windows.outputs,
                    images[group * width..<images.count],
                    rows: taps, columns: places, gradient[group * filters..<gradient.count],
                    dKernel[group * filters..<dKernel.count], Epilogue(accumulate: first > 0))
            }
        }
    }

    /// Computes the input's gradient: each number of dy, times the kernel, is added at the position of its
    /// window. A transposed convolution is the same computation; `finish` (a bias for each channel, relu) is
    /// for that.
    public func inputGradient(
        _ dy: Floats, kernel: Floats, into dx: Floats, epilogue: Epilogue = Epilogue(), scratch: Floats
    ) {
        let rows = dx.count / inputSize
        precondition(
            dx.count == rows * inputSize && dy.count >= rows * outputSize && kernel.count == kernelCount)
        let room = ConvolutionRoom(self, rows: rows, for: [.inputGradient])
        let turned = scratch[room.turned]
        if !isDepthwise { transpose(kernel, rows: taps, columns: filters, into: turned) }
        if isPointwise {
            return multiply(
                dy, turned, into: dx, m: rows * windows.outputs, n: channels, k: filters, epilogue: epilogue)
        }
        let (places, runs) = (placeTable(scratch, room), runTable(scratch, room))
        for first in stride(from: 0, to: rows, by: room.chunk) {
            let count = min(room.chunk, rows - first)
            let gradient = channelsLast(dy, first, count, scratch, room)
            let images = imagesForGradient(dx, first, count, scratch, room)
            images.fill(0)
            if isDepthwise {
                scatterByChannel(
                    m: count * windows.outputs, n: width, gradient, rows: places, columns: runs,
                    kernel, into: images)
            } else {
                scatterProducts(gradient, turned, places, runs, into: images, tile: scratch[room.tile])
            }
            bringOut(images, into: dx, first, count, epilogue, scratch, room)
        }
    }

    // dy · kernelᵀ gives the gradient of each window, for a tile of windows at a time; then the windows are
    // accumulated.
    private func scatterProducts(
        _ dy: Floats, _ turned: Floats, _ places: Offsets, _ runs: Offsets, into images: Floats, tile: Floats
    ) {
        let (filters, width) = (filters / groups, width / groups)
        let (total, most) = (dy.count / self.filters, tile.count / taps)
        for start in stride(from: 0, to: total, by: most) {
            let m = min(most, total - start)
            for group in 0..<groups {
                multiply(
                    dy[start * self.filters + group * filters..<dy.count],
                    turned[group * filters * taps..<(group + 1) * filters * taps], into: tile, m: m, n: taps,
                    k: filters, aStride: self.filters)
                scatter(
                    m: m, n: taps / runs.count, tile, rows: places[start..<start + m], columns: runs,
                    into: images[group * width..<images.count])
            }
        }
    }

    private func gathered(
        m: Int, n: Int, k: Int, _ image: Floats, rows: Offsets, columns: Offsets, _ b: Floats, _ c: Floats,
        _ epilogue: Epilogue
    ) {
        precondition(rows.count >= m && columns.count >= k && b.count >= (k - 1) * filters + n)
        precondition(c.count >= (m - 1) * filters + n)
        // The tables must not lead beyond the last number of the last window.
        precondition(rows.last(of: m) + columns.last(of: k) + (isDepthwise ? n : 1) <= image.count)
        unsafe ck_multiply_gathered(
            m, n, k, image.base, rows.base, columns.base, isDepthwise ? 1 : 0, b.base, filters, c.base,
            filters,
            epilogue.c)
    }
}
