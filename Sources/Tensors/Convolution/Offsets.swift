import CKernels

/// A table of image offsets in scratch memory.
@safe struct Offsets {
    let base: UnsafeMutablePointer<Int32>
    let count: Int

    /// All sums of index · step for indices below their counts, the last index fastest.
    init(_ counts: ck_index, steps: ck_index, in memory: Floats) {
        count = counts.image * counts.depth * counts.height * counts.width * counts.channel
        precondition(memory.count >= count)
        unsafe base = UnsafeMutableRawPointer(memory.base).bindMemory(to: Int32.self, capacity: count)
        unsafe ck_offsets(counts, steps, base)
    }

    private init(base: UnsafeMutablePointer<Int32>, count: Int) {
        (unsafe self.base, self.count) = (unsafe base, count)
    }

    /// The maximum of the first `count` offsets, which ascend within each image.
    func last(of count: Int) -> Int {
        precondition(count > 0 && count <= self.count)
        return unsafe Int(base[count - 1])
    }

    subscript(range: Range<Int>) -> Offsets {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe Offsets(base: base + range.lowerBound, count: range.count)
    }
}

extension Convolution {
    /// The steps between positions in a padded image.
    private var steps: ck_index {
        let line = windows.width.padded * width
        let plane = windows.height.padded * line
        return ck_index(
            image: windows.depth.padded * plane, depth: plane, height: line, width: width, channel: 1)
    }

    /// Returns the start of each window of a chunk of images.
    func placeTable(_ scratch: Floats, _ room: ConvolutionRoom) -> Offsets {
        var steps = steps
        steps.depth *= windows.depth.stride
        steps.height *= windows.height.stride
        steps.width *= windows.width.stride
        return Offsets(
            ck_index(
                image: room.chunk, depth: windows.depth.output, height: windows.height.output,
                width: windows.width.output, channel: 1), steps: steps, in: scratch[room.places])
    }

    /// Returns the offset of each window element from the start of the window.
    func tapTable(_ scratch: Floats, _ room: ConvolutionRoom) -> Offsets {
        cellTable(
            width: windows.width.window, channels: taps / windows.cells, in: scratch[room.taps])
    }

    /// Returns the offsets of contiguous runs: the lines of a window without dilation.
    func runTable(_ scratch: Floats, _ room: ConvolutionRoom) -> Offsets {
        let hasLines = !isDepthwise && groups == 1 && windows.width.dilation == 1
        return cellTable(width: hasLines ? 1 : windows.width.window, channels: 1, in: scratch[room.taps])
    }

    private func cellTable(width: Int, channels: Int, in memory: Floats) -> Offsets {
        var steps = steps
        steps.depth *= windows.depth.dilation
        steps.height *= windows.height.dilation
        steps.width *= windows.width.dilation
        return Offsets(
            ck_index(
                image: 1, depth: windows.depth.window, height: windows.height.window, width: width,
                channel: channels), steps: steps, in: memory)
    }
}

/// image[rows[i] + columns[p] + j] += t[i, p, j] for m windows of k runs of n numbers each.
func scatter(
    m: Int, n: Int, _ t: Floats, rows: Offsets, columns: Offsets, into image: Floats
) {
    precondition(
        t.count >= m * n * columns.count
            && rows.last(of: m) + columns.last(of: columns.count) + n <= image.count)
    unsafe ck_scatter(m, n, columns.count, t.base, rows.base, columns.base, image.base)
}

/// image[rows[i] + columns[p] + j] += t[i, j] · b[p, j] for m windows of all cells and n channels.
func scatterByChannel(
    m: Int, n: Int, _ t: Floats, rows: Offsets, columns: Offsets, _ b: Floats, into image: Floats
) {
    precondition(t.count >= m * n && b.count >= columns.count * n)
    precondition(rows.last(of: m) + columns.last(of: columns.count) + n <= image.count)
    unsafe ck_scatter_by_channel(m, n, columns.count, t.base, n, rows.base, columns.base, b.base, image.base)
}
