import Base
import Tensors

// IDX, the format of MNIST: two zero bytes, the type (8: unsigned byte), the number of dimensions, each dimension as
// a big-endian 32-bit number, then the data, row-major. https://yann.lecun.org/exdb/mnist/

/// The maximum number of bytes of an IDX file: about 40 times MNIST.
private let limit = 1 << 31

/// Reads the pictures of an IDX file, gzipped or not: samples of bytes with the shape of the second and later
/// dimensions, [28, 28] for MNIST.
///
/// Throws if the file is missing, truncated, of another type or rank, or has another size than its header
/// declares.
public func readIDXImages(_ path: String) throws(CellarError) -> Samples {
    let (shape, bytes) = try readIDX(path, ranks: 2...4, content: "pictures", magic: "00 00 08 03")
    return Samples(shape: Array(shape.dropFirst()), bytes: bytes)
}

/// Reads the labels of an IDX file, gzipped or not: one unsigned byte each.
public func readIDXLabels(_ path: String) throws(CellarError) -> [Int] {
    try readIDX(path, ranks: 1...1, content: "labels", magic: "00 00 08 01").bytes.map(Int.init)
}

/// Reads pictures and their labels, whose counts must agree. The classes are the numbers from 0 to the
/// largest label.
public func readIDX(images: String, labels: String) throws(CellarError) -> LabelledSamples {
    let samples = try readIDXImages(images)
    let numbers = try readIDXLabels(labels)
    guard samples.count == numbers.count else {
        throw CellarError(
            .badData, file: labels, expected: "\(samples.count) labels, one for each picture of \(images)",
            found: "\(numbers.count)",
            fix: "Use the two files of one set, such as train-images and train-labels."
        )
    }
    let classes = (0...(numbers.max() ?? 0)).map(String.init)
    return LabelledSamples(samples: samples, labels: numbers, classes: classes)
}

private func readIDX(
    _ path: String, ranks: ClosedRange<Int>, content: String, magic: String
) throws(CellarError) -> (shape: [Int], bytes: [UInt8]) {
    func bad(_ expected: String, _ found: String, _ fix: String) -> CellarError {
        CellarError(.badData, file: path, expected: expected, found: found, fix: fix)
    }
    let reader = try GzipReader(path)
    let start = try reader.read(4)
    guard start.count == 4, start[0] == 0, start[1] == 0, start[2] == 8, ranks.contains(Int(start[3])) else {
        throw bad(
            "IDX \(content) (first bytes \(magic))",
            start.isEmpty ? "an empty file" : "first bytes \(hex(start))",
            "Check the path: pictures and labels are separate files.")
    }
    let header = try reader.read(4 * Int(start[3]))
    guard header.count == 4 * Int(start[3]) else {
        throw bad("an IDX header", "a truncated header", "Download or copy it again.")
    }
    let shape = (0..<Int(start[3])).map { d in
        header[4 * d..<4 * d + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    var size = 1
    for side in shape {
        guard side > 0 else {
            throw bad("IDX \(content)", "no data: dimensions \(shape)", "Use a file with data.")
        }
        let (product, overflow) = size.multipliedReportingOverflow(by: side)
        guard !overflow && product <= limit else {
            throw bad(
                "at most \(limit) bytes of data", "dimensions \(shape)", "Check that it is an IDX file.")
        }
        size = product
    }
    let bytes = try reader.read(size)
    guard bytes.count == size else {
        throw bad(
            "\(size) bytes of data for dimensions \(shape)", "\(bytes.count)", "Download or copy it again.")
    }
    guard try reader.read(1).isEmpty else {
        throw bad("\(size) bytes of data for dimensions \(shape)", "more", "Download or copy it again.")
    }
    return (shape, bytes)
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
