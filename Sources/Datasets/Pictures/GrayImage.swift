/// A greyscale picture: 0 is black, 255 is white.
public struct GrayImage: Equatable, Sendable {
    public let width, height: Int
    /// Row-major, from the top left: [height, width].
    public let pixels: [UInt8]

    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height, "\(width)×\(height)")
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }

    /// The negative of the picture.
    public var inverted: GrayImage {
        GrayImage(width: width, height: height, pixels: pixels.map { 255 - $0 })
    }
}

/// A colour picture.
public struct RGBImage: Equatable, Sendable {
    public let width, height: Int
    /// Row-major, from the top left, red, green and blue of each pixel: [height, width, 3].
    public let pixels: [UInt8]

    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == 3 * width * height, "\(width)×\(height)")
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }
}
