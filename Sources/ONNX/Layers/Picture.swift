import Base
import Network

/// A layer's input as convolutions and pools see it: [batch, channels, space …].
struct Picture {
    let name: String
    let channels: Int
    let sizes: [Int]
    /// For each axis of space, whether its size depends on the data.
    let free: [Bool]
    /// What that order of axes is called here: with `data_format` channels_first, Keras has it itself.
    let layout: AxisOrder
}

extension ExportedCall {
    mutating func picture() throws(CellarError) -> Picture {
        let format = try config.string("data_format", default: "channels_last")
        guard input.rank > 1 else { throw error("needs an input with axes of space") }
        let (space, channels, layout): (Range<Int>, Int, AxisOrder) =
            format == "channels_first"
            ? (1..<input.rank, 0, .keras) : (0..<input.rank - 1, input.rank - 1, .channelsFirst)
        return Picture(
            name: input.name(layout), channels: try fixed(input, axis: channels),
            sizes: space.map { input.shape[$0] }, free: space.map { input.free.contains($0) }, layout: layout)
    }

    /// One number for each axis of space; a single one serves for all.
    mutating func perAxis(_ key: String, _ picture: Picture, default standard: [Int]? = nil)
        throws(CellarError) -> [Int]
    {
        let count = picture.sizes.count
        let found = try config.ints(key) ?? standard ?? [1]
        let all = found.count == 1 ? Array(repeating: found[0], count: count) : found
        guard all.count == count else { throw error("\(key) is \(found), expected \(count) numbers") }
        return all
    }
}

/// A window that moves over the axes of space.
struct Window {
    var size, strides, dilation: [Int]
    var padding: String

    /// What ONNX says of it.
    func attributes(for picture: Picture, isConvolution: Bool) -> [(String, Attribute)] {
        var all: [(String, Attribute)] = [("kernel_shape", .ints(size)), ("strides", .ints(strides))]
        if isConvolution { all.append(("dilations", .ints(dilation))) }
        return all + [pads(for: picture)]
    }

    private func pads(for picture: Picture) -> (String, Attribute) {
        let axes = size.indices
        let reach = axes.map { (size[$0] - 1) * dilation[$0] + 1 }
        switch padding {
        case "causal":
            // Before the beginning only, so that no step sees a later one.
            return ("pads", .ints(reach.map { $0 - 1 } + axes.map { _ in 0 }))
        case "same":
            // With strides, how much depends on the size; where that is free, ONNX has to find it out.
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
