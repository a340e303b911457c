import Base
import Glibc
import Tensors

/// Reads PNG pictures from one subfolder per class. The classes are the sorted names of the subfolders.
/// Hidden files and files of other types are ignored.
///
/// With `digits`, each picture is converted to a digit in MNIST's form (`prepareDigit`) of `height` ×
/// `width`. Otherwise all pictures must have that size, or the first one's if it is nil.
public func readPictureFolder(
    _ path: String, height: Int? = nil, width: Int? = nil, digits: Bool = false
) throws(CellarError) -> LabelledSamples {
    let classes = try names(in: path).filter { isFolder("\(path)/\($0)") }
    guard !classes.isEmpty else {
        throw CellarError(
            .badData, file: path, expected: "one subfolder with PNG pictures per class",
            found: "no subfolder",
            fix: "Move the pictures into subfolders with the names of their classes.")
    }
    var size = digits ? (height ?? 28, width ?? 28) : height.flatMap { height in width.map { (height, $0) } }
    var bytes: [UInt8] = []
    var labels: [Int] = []
    for (label, name) in classes.enumerated() {
        let files = try names(in: "\(path)/\(name)").filter { $0.lowercased().hasSuffix(".png") }
        guard !files.isEmpty else {
            throw CellarError(
                .badData, file: "\(path)/\(name)", expected: "PNG pictures of the class", found: "none",
                fix: "Add pictures, or remove the folder.")
        }
        for file in files {
            let file = "\(path)/\(name)/\(file)"
            var image = try readPNG(file)
            if digits {
                image = try prepareDigit(image, height: size?.0 ?? 28, width: size?.1 ?? 28, name: file)
            }
            let expected = size ?? (image.height, image.width)
            guard (image.height, image.width) == expected else {
                throw CellarError(
                    .badData, file: file,
                    expected: "\(expected.1)×\(expected.0) pixels, like the other pictures",
                    found: "\(image.width)×\(image.height)", fix: "Scale all pictures to the same size.")
            }
            size = expected
            bytes += image.pixels
            labels.append(label)
        }
    }
    guard let size else { preconditionFailure("no pictures") }
    return LabelledSamples(
        samples: Samples(shape: [size.0, size.1], bytes: bytes), labels: labels, classes: classes)
}

/// The entries of a folder, sorted by bytes, without hidden ones.
private func names(in path: String) throws(CellarError) -> [String] {
    guard let folder = unsafe opendir(path) else {
        guard errno == ENOTDIR else { throw .opening(path, errno) }
        throw CellarError(
            .noInput, file: path, expected: "a folder with one subfolder per class", found: "a file",
            fix: "Use the path of its folder.")
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

private func isFolder(_ path: String) -> Bool {
    var about = stat()
    return unsafe stat(path, &about) == 0 && about.st_mode & S_IFMT == S_IFDIR
}
