import Base
import Network

/// The spatial input of a convolution or pooling layer: [batch, channels, space …].
struct SpatialInput {
    let name: String
    let channels: Int
    let sizes: [Int]
    /// By spatial axis: true if its size is dynamic.
    let free: [Bool]
    /// What that order of axes is called here: with `data_format` channels_first, Keras has it itself.
    let layout: AxisOrder
}

extension ExportedCall {
    mutating func picture() throws(CellarError) -> SpatialInput {
        let format = try config.string("data_format", default: "channels_last")
        guard input.rank > 1 else { throw error("needs an input with axes of space") }
        let (space, channels, layout): (Range<Int>, Int, AxisOrder) =
            format == "channels_first"
            ? (1..<input.rank, 0, .keras) : (0..<input.rank - 1, input.rank - 1, .channelsFirst)
        return SpatialInput(
            name: input.name(layout), channels: try fixed(input, axis: channels),
            sizes: space.map { input.shape[$0] }, free: space.map { input.free.contains($0) }, layout: layout)
    }

    /// Returns one number for each spatial axis; a single number applies to all.
    mutating func perAxis(_ key: String, _ picture: SpatialInput, default standard: [Int]? = nil)
        throws(CellarError) -> [Int]
    {
        let count = picture.sizes.count
        let found = try config.ints(key) ?? standard ?? [1]
        let all = found.count == 1 ? Array(repeating: found[0], count: count) : found
        guard all.count == count else { throw error("\(key) is \(found), expected \(count) numbers") }
        return all
    }
}

/// A sliding window over the spatial axes.
struct Window {
    var size, strides, dilation: [Int]
    var padding: String

    /// Returns the ONNX attributes of the window.
    func attributes(for picture: SpatialInput, isConvolution: Bool) -> [(String, Attribute)] {
        var all: [(String, Attribute)] = [("kernel_shape", .ints(size)), ("strides", .ints(strides))]
        if isConvolution { all.append(("dilations", .ints(dilation))) }
        return all + [pads(for: picture)]
    }

    private func pads(for picture: SpatialInput) -> (String, Attribute) {
        let axes = size.indices
        let reach = axes.map { (size[$0] - 1) * dilation[$0] + 1 }
        switch padding {
        case "causal":
            // Causal padding: only at the start, so that no step depends on a later one.
            return ("pads", .ints(reach.map { $0 - 1 } + axes.map { _ in 0 }))
        case "same":
            // With strides the padding depends on the size; for a dynamic size ONNX has to compute it.
            if axes.contains(where: { picture.free[$0] && strides[$0] > 1 }) {
                return ("auto_pad", .string("SAME_UPPER"))
            }
            let totals = axes.map { axis in
                let outputs = (picture.sizes[axis] + strides[axis] - 1) / strides[axis]
                return max((outputs - 1) * strides[axis] + reach[axis] - picture.sizes[axis], 0)
            }
            return ("pads", .ints(totals.map { $0 / 2 } + totals.map { $0 - $0 / 2 }))
        default: return ("pads", .ints(Array(repeating: 0, count: 2 * axes.count)))
        }
    }
}
