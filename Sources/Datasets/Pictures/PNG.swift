import Base
import CPNG

/// Reads a PNG of any kind as greyscale: colours by their luma (ITU-R BT.601), transparency on white, 16 bits
/// scaled to 8.
///
/// Throws if the file is not a PNG, is empty, truncated or damaged, or has more than 20,000 pixels per side
/// or 50 million in all.
public func readPNG(_ path: String) throws(CellarError) -> GrayImage {
    try readPNG(readPictureFile(path), name: path)
}

/// Reads a PNG from bytes; `name` is for messages.
public func readPNG(_ bytes: [UInt8], name: String) throws(CellarError) -> GrayImage {
    let (width, height, pixels, _) = try decode(bytes, name: name, channels: 1)
    return GrayImage(width: width, height: height, pixels: pixels)
}

/// Reads a PNG of any kind in colour. Throws like `readPNG`.
public func readColourPNG(_ path: String) throws(CellarError) -> RGBImage {
    try readColourPNG(readPictureFile(path), name: path)
}

public func readColourPNG(_ bytes: [UInt8], name: String) throws(CellarError) -> RGBImage {
    let (width, height, pixels, _) = try decode(bytes, name: name, channels: 3)
    return RGBImage(width: width, height: height, pixels: pixels)
}

/// Reads a PNG in colour with its transparency, turned as EXIF says; see `readPicture`.
///
/// - rest: The descriptor that gives the rest of a file that begins with `bytes`; with a `side` only.
func readRGBAPNG(
    _ bytes: [UInt8], rest: Int32 = -1, name: String, side: Int?
) throws(CellarError) -> RGBAImage {
    let (width, height, pixels, exif) = try decode(bytes, rest: rest, name: name, channels: 4, side: side)
    return RGBAImage(width: width, height: height, pixels: pixels).turned(Orientation(ofPNG: exif))
}

/// Writes an 8-bit greyscale PNG atomically.
public func writePNG(_ image: GrayImage, to path: String) throws(CellarError) {
    try writeFile(path, encode(image.pixels, image.width, image.height, channels: 1, name: path))
}

/// Writes an 8-bit RGB PNG atomically.
public func writePNG(_ image: RGBImage, to path: String) throws(CellarError) {
    try writeFile(path, encode(image.pixels, image.width, image.height, channels: 3, name: path))
}

/// Returns an 8-bit greyscale PNG.
public func encodedPNG(_ image: GrayImage) throws(CellarError) -> [UInt8] {
    try encode(image.pixels, image.width, image.height, channels: 1, name: "a picture")
}

/// Returns an 8-bit RGB PNG.
public func encodedPNG(_ image: RGBImage) throws(CellarError) -> [UInt8] {
    try encode(image.pixels, image.width, image.height, channels: 3, name: "a picture")
}

/// Returns true if a picture has a pixel whose red, green and blue differ.
func hasColours(_ bytes: [UInt8], name: String) throws(CellarError) -> Bool {
    // A PNG's colour type in its header: without its second bit there are only levels of grey.
    if bytes.starts(with: [0x89, 0x50]), bytes.count > 25, bytes[25] & 2 == 0 { return false }
    return try readPicture(bytes, name: name).onWhite.greyLevels == nil
}

private func decode(
    _ bytes: [UInt8], rest: Int32 = -1, name: String, channels: Int, side: Int? = nil
) throws(CellarError) -> (width: Int, height: Int, pixels: [UInt8], exif: [UInt8]) {
    var picture = unsafe cpng_picture()
    let status = unsafe bytes.withUnsafeBufferPointer { file in
        if let side {
            return unsafe cpng_read_small(file.baseAddress, file.count, rest, UInt32(side), &picture)
        }
        return unsafe cpng_read(file.baseAddress, file.count, Int32(channels), &picture)
    }
    let (width, height) = unsafe (Int(picture.width), Int(picture.height))
    defer { unsafe cpng_free(picture.exif) }
    guard status == cpng_ok else {
        if status == cpng_unreadable { throw unsafe .reading(name, picture.error) }
        let message = unsafe withUnsafeBytes(of: picture.message) { text in
            unsafe String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        }
        throw error(status, name, bytes, width, height, message)
    }
    defer { unsafe cpng_free(picture.pixels) }
    let pixels = unsafe Array(UnsafeBufferPointer(start: picture.pixels, count: width * height * channels))
    let exif = unsafe Array(UnsafeBufferPointer(start: picture.exif, count: picture.exif_size))
    return (width, height, pixels, exif)
}

private func error(
    _ status: cpng_status, _ name: String, _ bytes: [UInt8], _ width: Int, _ height: Int, _ message: String
) -> CellarError {
    let (expected, found, fix) =
        switch status {
        case cpng_not_png:
            (
                "a PNG or JPEG picture", kind(of: bytes),
                bytes.isEmpty
                    ? "Save or copy the picture again."
                    : kind(of: bytes) == "text"
                        ? "Use `infer score` for a table." : "Convert it to one of them."
            )
        case cpng_empty:
            ("a picture with pixels", "\(width)×\(height)", "Save the picture again.")
        case cpng_too_large:
            (
                "at most \(cpng_max_side) pixels per side and \(cpng_max_pixels / 1_000_000) million in all",
                "\(width)×\(height)", "Scale the picture down."
            )
        case cpng_truncated:
            ("a complete PNG file", "a truncated file", "Download or copy it again.")
        case cpng_no_memory:
            ("memory for \(width)×\(height) pixels", "not enough", "Scale the picture down.")
        default:
            ("a valid PNG file", "an error (libpng: \(message))", "Download or save the picture again.")
        }
    return CellarError(.badData, file: name, expected: expected, found: found, fix: fix)
}

/// Describes the type of a file that is not a PNG, by its first bytes.
private func kind(of bytes: [UInt8]) -> String {
    let formats: [([UInt8], String)] = [
        ([0xFF, 0xD8, 0xFF], "a JPEG picture"), (Array("GIF8".utf8), "a GIF picture"),
        (Array("BM".utf8), "a BMP picture"), (Array("RIFF".utf8), "a WebP picture or other RIFF file"),
        (Array("%PDF".utf8), "a PDF file"), ([0x49, 0x49, 0x2A, 0], "a TIFF picture"),
        ([0x4D, 0x4D, 0, 0x2A], "a TIFF picture"),
    ]
    if bytes.isEmpty { return "an empty file" }
    // ISO base media files: a length, `ftyp`, and the brand.
    if bytes.count >= 12, bytes[4..<8].elementsEqual("ftyp".utf8) {
        switch String(decoding: bytes[8..<12], as: UTF8.self) {
        case "avif", "avis": return "an AVIF picture"
        case "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1":
            return "a HEIC picture, as phones make them"
        default: return "a video or another file of MP4's kind"
        }
    }
    let start = String(decoding: bytes.prefix(512), as: UTF8.self).lowercased()
    if start.contains("<svg") { return "an SVG drawing" }
    return formats.first { bytes.starts(with: $0.0) }?.1
        ?? (isText(bytes) ? "text" : nil) ?? "an unknown format (first bytes \(hex(bytes.prefix(8))))"
}

/// True if the first line or so is UTF-8 without control characters.
private func isText(_ bytes: [UInt8]) -> Bool {
    let start = bytes.prefix(256)
    let isPlain = start.allSatisfy { $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0D].contains($0) }
    // The last character may be cut.
    return !start.isEmpty && isPlain
        && (0...3).contains { String(validating: start.dropLast($0), as: UTF8.self) != nil }
}

private func encode(
    _ pixels: [UInt8], _ width: Int, _ height: Int, channels: Int, name: String
) throws(CellarError) -> [UInt8] {
    var file: UnsafeMutablePointer<UInt8>?
    var size = 0
    let status = unsafe pixels.withUnsafeBufferPointer { pixels in
        unsafe cpng_write(
            pixels.baseAddress, UInt32(width), UInt32(height), Int32(channels), &file, &size)
    }
    guard status == cpng_ok else {
        throw CellarError(
            .inputOutput, file: name, expected: "memory to encode \(width)×\(height) pixels",
            found: "not enough",
            fix: "Use a smaller picture.")
    }
    defer { unsafe cpng_free(file) }
    return unsafe Array(UnsafeBufferPointer(start: file, count: size))
}
