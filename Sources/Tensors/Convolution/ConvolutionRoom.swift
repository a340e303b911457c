/// What a convolution's products are wanted for.
public struct ConvolutionProducts: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let output = ConvolutionProducts(rawValue: 1)
    public static let inputGradient = ConvolutionProducts(rawValue: 2)
    public static let kernelGradient = ConvolutionProducts(rawValue: 4)
    public static let all: ConvolutionProducts = [.output, .inputGradient, .kernelGradient]
}

/// Where in its scratch a convolution puts its tables and copies. Each call lays it out again, which is a few sums.
struct ConvolutionRoom {
    private var layout = ArenaLayout()
    var count: Int { layout.count }
    let chunk: Int
    let wide: WideConvolution?
    /// Tables of offsets; the second is for taps or for runs.
    private(set) var places = 0..<0, taps = 0..<0
    /// A chunk of images as they are computed with, and an image on its way there.
    private(set) var images = 0..<0, flat = 0..<0, expanded = 0..<0
    /// A chunk of outputs, or of their gradients, with their channels last.
    private(set) var outputs = 0..<0
    private(set) var wideKernel = 0..<0, wideBias = 0..<0
    /// The kernel turned to [filters, taps], and a tile of products with it.
    private(set) var turned = 0..<0, tile = 0..<0

    init(_ convolution: Convolution, rows: Int, for products: ConvolutionProducts) {
        chunk = convolution.chunk(of: rows)
        wide = products == [.inputGradient] ? nil : convolution.widened
        let (windows, taps) = (convolution.windows, convolution.taps)
        if convolution.isPointwise {
            if products.contains(.inputGradient) { turned = layout.reserve(convolution.kernelCount) }
            return
        }
        places = layout.reserve(chunk * windows.outputs)
        self.taps = layout.reserve(max(taps, wide?.convolution.taps ?? 0))
        if convolution.copiesImages {
            images = layout.reserve(chunk * windows.padded * convolution.width)
            flat = layout.reserve(convolution.channelsFirst ? windows.inputs * convolution.width : 0)
            expanded = layout.reserve(convolution.multiplier > 1 ? windows.inputs * convolution.width : 0)
        }
        if convolution.channelsFirst { outputs = layout.reserve(chunk * convolution.outputSize) }
        if let wide {
            wideKernel = layout.reserve(wide.convolution.kernelCount)
            wideBias = layout.reserve(wide.convolution.filters)
        }
        if products.contains(.inputGradient), !convolution.isDepthwise {
            turned = layout.reserve(convolution.kernelCount)
            // A tile of products stays in the second-level cache until it is added up.
            let rows = min(chunk * windows.outputs, max(8, 32768 / taps))
            tile = layout.reserve(rows * taps)
        }
    }
}

extension Convolution {
    /// How many numbers of scratch `products` need for that many rows.
    public func scratch(rows: Int, for products: ConvolutionProducts) -> Int {
        ConvolutionRoom(self, rows: rows, for: products).count
    }
}
