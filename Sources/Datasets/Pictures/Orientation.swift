/// The orientation of a camera: the value of EXIF's tag Orientation, 1 to 8.
struct Orientation: Equatable {
    /// The numbers' meaning: whether rows and columns are exchanged, and which of the two then run backwards.
    let transposes, flipsColumns, flipsRows: Bool

    static let upright = Orientation(value: 1)

    init(value: Int) {
        transposes = value >= 5 && value <= 8
        flipsColumns = [2, 3, 6, 7].contains(value)
        flipsRows = [3, 4, 7, 8].contains(value)
    }

    /// Finds the tag in a PNG's chunk eXIf, which is a TIFF structure. Upright without one.
    init(ofPNG exif: [UInt8]) {
        self.init(value: Orientation.value(inTIFF: exif) ?? 1)
    }

    /// Finds the tag in a JPEG file. Upright without one, or where the file's EXIF part is not as it should be.
    init(ofJPEG bytes: [UInt8]) {
        var place = 2
        // Segments: FF, a marker, and the length of the rest in two bytes.
        while place + 4 <= bytes.count, bytes[place] == 0xFF {
            let marker = bytes[place + 1]
            // Fill bytes; the start of the picture's data ends the search.
            if marker == 0xFF {
                place += 1
                continue
            }
            if marker == 0xDA || marker == 0xD9 { break }
            let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
            guard length >= 2, place + 2 + length <= bytes.count else { break }
            let part = bytes[place + 4..<max(place + 4, place + 2 + length)]
            if marker == 0xE1, part.starts(with: Orientation.header),
                let value = Orientation.value(inTIFF: Array(part.dropFirst(6)))
            {
                self.init(value: value)
                return
            }
            place += 2 + length
        }
        self = .upright
    }

    /// Before the TIFF structure in a JPEG: four letters and two zeros.
    private static let header: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]

    /// Reads the tag from the first directory of a TIFF structure.
    private static func value(inTIFF tiff: [UInt8]) -> Int? {
        guard tiff.count >= 8, tiff[0] == tiff[1], [0x49, 0x4D].contains(tiff[0]) else { return nil }
        let isLittle = tiff[0] == 0x49
        func number(_ place: Int, _ size: Int) -> Int? {
            guard place >= 0, place + size <= tiff.count else { return nil }
            let bytes = tiff[place..<place + size]
            return (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let start = number(4, 4), let count = number(start, 2) else { return nil }
        for entry in 0..<count {
            let place = start + 2 + 12 * entry
            guard let tag = number(place, 2) else { return nil }
            if tag == 0x0112 { return number(place + 8, 2).flatMap { (1...8).contains($0) ? $0 : nil } }
        }
        return nil
    }
}

extension RGBAImage {
    /// The picture as it was seen.
    func turned(_ orientation: Orientation) -> RGBAImage {
        if orientation == .upright { return self }
        let (w, h) = orientation.transposes ? (height, width) : (width, height)
        var out = [UInt8](repeating: 0, count: pixels.count)
        for y in 0..<h {
            for x in 0..<w {
                let (column, row) = (
                    orientation.flipsColumns ? w - 1 - x : x, orientation.flipsRows ? h - 1 - y : y
                )
                let from = (orientation.transposes ? column * width + row : row * width + column) * 4
                let to = (y * w + x) * 4
                for channel in 0..<4 { out[to + channel] = pixels[from + channel] }
            }
        }
        return RGBAImage(width: w, height: h, pixels: out)
    }
}
