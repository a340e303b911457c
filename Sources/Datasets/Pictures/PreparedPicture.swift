import Base
import Tensors

/// A picture as a network's input.
public struct PreparedPicture: Sendable {
    /// One sample: [height, width], or [height, width, 3] for colour pictures.
    public var samples: Samples
    /// The prepared grey picture, for display; nil for a colour picture or a resized one.
    public var image: GrayImage?
    /// Whether colours were reduced to grey.
    public var lostColours = false
}

extension ModelFacts.Picture {
    /// Reads a picture file (PNG, JPEG) as the model's input. Training, evaluation and inference all read pictures here.
    ///
    /// A digit is framed (`DigitPicture`) and has the model's polarity. Any other picture is used as it is: its colours, or its
    /// luma where the model takes grey pictures, resized only if the model was trained so.
    ///
    /// Throws for a picture without ink where a digit is expected, for one of another size without `resampling`, and for files that
    /// cannot be read.
    public func read(_ path: String) throws(CellarError) -> PreparedPicture {
        guard framing == .digit else { return try read(readPictureFile(path), path) }
        guard let digit = find(in: try readPicture(path, side: DigitPicture.workingSide)).main else {
            throw .noDigit(path)
        }
        return prepared(digit.image)
    }

    /// Reads a picture from a file's bytes as it is, without a search for digits; `path` is for messages.
    public func read(_ file: [UInt8], _ path: String) throws(CellarError) -> PreparedPicture {
        let image = try readPicture(file, name: path).onWhite
        let lostColours = channels == 1 && image.greyLevels == nil
        let pixels = channels == 3 ? image.pixels : image.luma.pixels
        let read = (image.height, image.width)
        guard read == (height, width) else {
            guard resampling != nil else {
                throw CellarError(
                    .badData, file: path,
                    expected: "a picture of \(width)×\(height) pixels, as the model takes",
                    found: "\(image.width)×\(image.height)",
                    fix: "Resize it, or train with size: [\(height), \(width)], which resizes every picture.")
            }
            let values = resized(pixels, from: read)
            return PreparedPicture(
                samples: Samples(
                    shape: shape, floats: white == 255 ? values : values.map { $0 / 255 * white }),
                image: nil, lostColours: lostColours)
        }
        let grey = channels == 1 ? GrayImage(width: width, height: height, pixels: pixels) : nil
        return PreparedPicture(samples: samples(pixels), image: grey, lostColours: lostColours)
    }

    /// Finds the digits in a picture.
    public func find(in picture: RGBAImage, keepsSteps: Bool = false) -> DigitPicture {
        DigitPicture(picture, frame: (width, height), keepsSteps: keepsSteps)
    }

    /// Converts a framed digit to the model's input: its polarity and scale.
    public func prepared(_ digit: GrayImage) -> PreparedPicture {
        let seen = inkIsBright ? digit : digit.inverted
        return PreparedPicture(samples: samples(seen.pixels), image: seen)
    }

    /// The shape of one sample.
    public var shape: [Int] { [height, width] + (channels == 1 ? [] : [channels]) }

    /// Converts bytes of pictures with this size to samples in the model's scale.
    public func samples(_ pixels: [UInt8]) -> Samples {
        if white == 255 { return Samples(shape: shape, bytes: pixels) }
        return Samples(shape: shape, floats: pixels.map { Float($0) / 255 * white })
    }

    /// Resizes bytes to the model's size; values from 0 to 255, not rounded.
    private func resized(_ pixels: [UInt8], from size: (height: Int, width: Int)) -> [Float] {
        let columns = Neighbours(from: size.width, to: width)
        let rows = Neighbours(from: size.height, to: height)
        var values: [Float] = []
        values.reserveCapacity(height * width * channels)
        for (top, bottom, down) in rows.all {
            for (left, right, across) in columns.all {
                for channel in 0..<channels {
                    func pixel(_ row: Int, _ column: Int) -> Float {
                        Float(pixels[(row * size.width + column) * channels + channel])
                    }
                    let upper = pixel(top, left) + (pixel(top, right) - pixel(top, left)) * across
                    let lower = pixel(bottom, left) + (pixel(bottom, right) - pixel(bottom, left)) * across
                    values.append(upper + (lower - upper) * down)
                }
            }
        }
        return values
    }
}

/// For each pixel of a resized row, the two pixels it lies between and the share of the second.
/// Pixels have their centres at half numbers, as in TensorFlow's `resize(half_pixel_centers=True)`.
private struct Neighbours {
    var all: [(first: Int, second: Int, share: Float)] = []

    init(from: Int, to: Int) {
        let scale = Float(from) / Float(to)
        for place in 0..<to {
            let centre = (Float(place) + 0.5) * scale - 0.5
            let first = centre.rounded(.down)
            all.append((max(Int(first), 0), min(Int(first) + 1, from - 1), centre - first))
        }
    }
}

extension CellarError {
    /// A picture has no ink, or none that could be a digit.
    public static func noDigit(_ file: String) -> CellarError {
        CellarError(
            .badData, "no digit found: the picture is blank, or too faint.", file: file,
            remedy: "Draw darker, or crop to the digit.")
    }
}
