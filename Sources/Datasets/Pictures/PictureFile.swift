import Base

/// Reads a picture file (PNG or JPEG, by its content, whatever its name), turned as EXIF says.
///
/// - side: Pictures with a longer side are scaled down to it by averaging, while they are decoded.
public func readPicture(_ bytes: [UInt8], name: String, side: Int? = nil) throws(CellarError) -> RGBAImage {
    guard bytes.starts(with: [0xFF, 0xD8, 0xFF]) else {
        return try readRGBAPNG(bytes, name: name, side: side)
    }
    let image = try readJPEG(bytes, name: name, side: side)
    return (side.map(image.shrunk) ?? image).turned(Orientation(ofJPEG: bytes))
}

/// Reads a picture file, scaled down to `side` if it is larger. Of a PNG only a piece at a time is in memory, the file's and the picture's.
public func readPicture(_ path: String, side: Int) throws(CellarError) -> RGBAImage {
    let file = try InputFile(path: path)
    var bytes = [UInt8](repeating: 0, count: 65_536)
    var count = 0
    // A pipe gives what it has.
    while count < bytes.count {
        let more = try file.read(into: &bytes, at: count)
        if more == 0 { break }
        count += more
    }
    let isWhole = count < bytes.count
    bytes.removeLast(bytes.count - count)
    if !isWhole, bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
        return try readRGBAPNG(bytes, rest: file.descriptor, name: path, side: side)
    }
    if !isWhole { bytes += try file.readAll(limit: mostPictureBytes - count) }
    return try readPicture(bytes, name: path, side: side)
}

/// Reads a picture file (PNG, JPEG) in colours, on white.
public func readColourPicture(_ path: String) throws(CellarError) -> RGBImage {
    try readPicture(readPictureFile(path), name: path).onWhite
}

/// Reads a picture file's bytes; - is standard input.
public func readPictureFile(_ path: String) throws(CellarError) -> [UInt8] {
    try readFile(path, limit: mostPictureBytes)
}

/// Above the size of an uncompressed picture of the maximum dimensions.
private let mostPictureBytes = 1 << 29

/// Returns true if a file's first bytes are those of a PNG or a JPEG.
public func isPicture(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) || bytes.starts(with: [0xFF, 0xD8, 0xFF])
}

/// Returns true if a file is a picture: by its first bytes; by its name too, so that a damaged picture is reported as one. Of a pipe only
/// the name is looked at.
public func isPictureFile(_ path: String) -> Bool {
    if isPictureName(path) { return true }
    guard path != "-", let file = try? InputFile(path: path), file.size != nil else { return false }
    var start = [UInt8](repeating: 0, count: 8)
    let count = (try? file.read(into: &start, at: 0)) ?? 0
    return isPicture(start.prefix(count))
}

/// Returns true if a name ends as picture files' names do.
func isPictureName(_ name: String) -> Bool {
    let lower = name.lowercased()
    return [".png", ".jpg", ".jpeg"].contains { lower.hasSuffix($0) }
}

extension RGBAImage {
    /// The picture on white, in colours.
    var onWhite: RGBImage {
        var out: [UInt8] = []
        out.reserveCapacity(width * height * 3)
        for place in stride(from: 0, to: pixels.count, by: 4) {
            let alpha = Int(pixels[place + 3])
            for channel in 0..<3 {
                out.append(UInt8((Int(pixels[place + channel]) * alpha + 255 * (255 - alpha) + 127) / 255))
            }
        }
        return RGBImage(width: width, height: height, pixels: out)
    }
}

extension RGBImage {
    /// The picture's luma (ITU-R BT.601).
    var luma: GrayImage {
        GrayImage(
            width: width, height: height,
            pixels: (0..<width * height).map {
                UInt8(lumaOf(pixels[$0 * 3], pixels[$0 * 3 + 1], pixels[$0 * 3 + 2]))
            })
    }
}
