import Base
import CJPEG

/// Decodes a JPEG as it is stored, without its EXIF rotation. With a `side`, a picture that is far larger is scaled down
/// on the way, but not below that side.
func readJPEG(_ bytes: [UInt8], name: String, side: Int?) throws(CellarError) -> RGBAImage {
    var picture = unsafe cjpeg_picture()
    let status = unsafe bytes.withUnsafeBufferPointer { file in
        unsafe cjpeg_read(file.baseAddress, file.count, UInt32(side ?? 0), &picture)
    }
    let (width, height) = unsafe (Int(picture.width), Int(picture.height))
    guard status == cjpeg_ok else {
        let message = unsafe withUnsafeBytes(of: picture.message) { text in
            unsafe String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        }
        throw error(status, name, width, height, message)
    }
    defer { unsafe cjpeg_free(picture.pixels) }
    let pixels = unsafe Array(UnsafeBufferPointer(start: picture.pixels, count: width * height * 4))
    return RGBAImage(width: width, height: height, pixels: pixels)
}

private func error(
    _ status: cjpeg_status, _ name: String, _ width: Int, _ height: Int, _ message: String
) -> CellarError {
    let (expected, found, fix) =
        switch status {
        case cjpeg_too_large:
            (
                "at most \(cjpeg_max_side) pixels per side and \(cjpeg_max_pixels / 1_000_000) million in all",
                "\(width)×\(height)", "Scale the picture down."
            )
        case cjpeg_cmyk:
            ("a JPEG in grey or colours for screens", "colours for print (CMYK)", "Convert it to RGB.")
        case cjpeg_truncated:
            ("a complete JPEG file", "a truncated file", "Download or copy it again.")
        case cjpeg_no_memory:
            ("memory for \(width)×\(height) pixels", "not enough", "Scale the picture down.")
        default:
            ("a valid JPEG file", "an error (libjpeg: \(message))", "Download or save the picture again.")
        }
    return CellarError(.badData, file: name, expected: expected, found: found, fix: fix)
}
