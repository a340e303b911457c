import Base

/// The shape of a sample of sound, picture or volume: the sizes of its axes, and its channels, which are last
/// or first.
struct ImageShape: Equatable {
    var sizes: PerAxis<Int>
    var channels: Int

    init(sizes: PerAxis<Int>, channels: Int) { (self.sizes, self.channels) = (sizes, channels) }

    /// - shape: [depth, height, width, channels] without leading axes that are absent, or with the channels
    /// first.
    init(_ shape: [Int], axes: Int, channelsFirst: Bool, subject: @autoclosure () -> String)
        throws(CellarError)
    {
        guard shape.count == axes + 1 else {
            let form = ["time", "height, width", "depth, height, width"][axes - 1]
            throw CellarError(
                "takes samples of shape [\(channelsFirst ? "channels, \(form)" : "\(form), channels")], but the "
                    + "input's is \(shape)", subject: subject())
        }
        sizes = PerAxis(channelsFirst ? shape[1...] : shape[..<axes], absent: 1)
        channels = channelsFirst ? shape[0] : shape[axes]
        guard shape.allSatisfy({ $0 > 0 }) else {
            throw CellarError("cannot take the empty input \(shape)", subject: subject())
        }
    }

    func shape(axes: Int, channelsFirst: Bool) -> [Int] {
        channelsFirst ? [channels] + sizes.last(axes) : sizes.last(axes) + [channels]
    }

    var count: Int { sizes.product * channels }

    /// The images and channels for layers that treat each channel separately: with channels first, each channel
    /// is an image of one channel.
    func split(channelsFirst: Bool) -> (images: Int, channels: Int) {
        channelsFirst ? (channels, 1) : (1, channels)
    }
}

/// Throws if sizes from a file are too large to compute with. It is called before anything of that size is
/// multiplied or allocated.
func checkSize(_ sizes: [Int], _ what: String, subject: String) throws(CellarError) {
    guard sizes.reduce(1.0, { $0 * Double($1) }) < 0x1p31 else {
        throw CellarError(
            "\(what) would be \(sizes.map(String.init).joined(separator: " × ")) numbers: too many",
            subject: subject)
    }
}
