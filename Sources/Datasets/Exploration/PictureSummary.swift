import Base
import Tensors

/// Pictures of a data set as their files have them: sizes, brightness, keys and a few small ones for display.
public struct PictureCollection: Sendable {
    public struct Thumbnail: Sendable {
        public let width, height, channels: Int
        public let pixels: [UInt8]
    }

    /// The number of pictures of each size and number of channels, the most frequent first.
    public private(set) var sizes: [(width: Int, height: Int, channels: Int, count: Int)] = []
    /// The mean of each picture's pixels, from 0 (black) to 1 (white).
    public private(set) var brightness: [Double] = []
    /// Equal pictures have equal keys.
    public private(set) var keys: [UInt64] = []
    /// The pictures of each class, in the order of the classes.
    public private(set) var thumbnails: [[Thumbnail]]

    /// The picture that was asked for, once it has been added.
    public private(set) var sample: Thumbnail?

    private let most: Int
    private let wanted: Int?
    private var counted: [[Int]: Int] = [:]

    /// - Parameters:
    ///   - most: The number of thumbnails of a class.
    ///   - sample: The number of a picture to keep, counted from 0.
    public init(classes: Int, most: Int = 8, sample: Int? = nil) {
        (self.most, wanted) = (most, sample)
        thumbnails = Array(repeating: [], count: max(classes, 1))
    }

    public var count: Int { brightness.count }

    /// Adds samples of shape [height, width] or [height, width, 3]; bytes, or floats up to 1 or 255.
    public mutating func add(_ samples: Samples, labels: [Int]?) {
        let (height, width) = (samples.shape[0], samples.shape[1])
        let channels = samples.shape.count > 2 ? samples.shape[2] : 1
        let bytes: [UInt8]
        switch samples.storage {
        case .texts: return
        case .bytes(let values): bytes = values
        case .floats(let values):
            let high = values.reduce(0) { max($0, $1) }
            let scale: Float = high > 1.5 ? 1 : 255
            bytes = values.map { UInt8(max(0, min(255, ($0 * scale).rounded()))) }
        }
        keys += rowHashes(of: [samples])
        for index in 0..<samples.count {
            let range = index * samples.size..<(index + 1) * samples.size
            add(bytes[range], width, height, channels, labels?[index] ?? 0)
        }
        finish()
    }

    /// Adds a picture of a file.
    public mutating func add(_ image: RGBImage, hasColours: Bool, label: Int) {
        keys.append(rowHashes(of: [Samples(shape: [image.pixels.count], bytes: image.pixels)])[0])
        let pixels =
            hasColours
            ? image.pixels : stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] }
        add(pixels[...], image.width, image.height, hasColours ? 3 : 1, label)
        finish()
    }

    private mutating func add(
        _ pixels: ArraySlice<UInt8>, _ width: Int, _ height: Int, _ channels: Int, _ label: Int
    ) {
        var sum = 0
        for pixel in pixels { sum += Int(pixel) }
        brightness.append(Double(sum) / Double(max(pixels.count, 1)) / 255)
        counted[[width, height, channels], default: 0] += 1
        if let wanted, brightness.count == wanted + 1 {
            sample = Thumbnail(width: width, height: height, channels: channels, pixels: Array(pixels))
        }
        guard thumbnails.indices.contains(label), thumbnails[label].count < most,
            channels == 1 || channels == 3
        else {
            return
        }
        thumbnails[label].append(
            Thumbnail(width: width, height: height, channels: channels, pixels: Array(pixels)))
    }

    private mutating func finish() {
        sizes = counted.map { (width: $0[0], height: $0[1], channels: $0[2], count: $1) }
            .sorted { ($1.count, $0.width, $0.height) < ($0.count, $1.width, $1.height) }
    }
}

extension PictureFolder {
    /// Reads each picture as its file has it.
    ///
    /// - Parameter sample: The number of a picture to keep, counted from 0.
    public func collection(
        sample: Int? = nil
    ) throws(CellarError) -> (pictures: PictureCollection, labels: [Int]) {
        var pictures = PictureCollection(classes: classes.count, sample: sample)
        var labels: [Int] = []
        for (path, label) in files {
            let file = try readPictureFile(path)
            let image = try readPicture(file, name: path).onWhite
            pictures.add(image, hasColours: image.greyLevels == nil, label: label)
            labels.append(label)
        }
        return (pictures, labels)
    }
}
