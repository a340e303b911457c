import Base
import Glibc
import Tensors

public struct PictureSize: Equatable, Sendable {
    public var height, width: Int
    public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }
}

/// What a recipe says of its pictures. What it leaves open follows from the pictures.
public struct PictureOptions: Equatable, Sendable {
    /// Pictures are resized to this size; nil: all have the same one.
    public var size: PictureSize?
    /// 1 for grey, 3 for colours. Nil: 3 if a picture has colours.
    public var channels: Int?
    /// Whether each picture shows one digit, which is framed as in MNIST.
    public var areDigits: Bool

    public init(size: PictureSize? = nil, channels: Int? = nil, areDigits: Bool = false) {
        (self.size, self.channels, self.areDigits) = (size, channels, areDigits)
    }
}

/// Pictures (PNG, JPEG, whatever their names) in one subfolder per class. The classes are the sorted names of the subfolders. Hidden files
/// are ignored, and files of other types are left out, for which there is `leftOutWarning`.
public struct PictureFolder: Sendable {
    public let path: String
    public let classes: [String]
    /// The path and class of each picture.
    let files: [(path: String, label: Int)]

    public init(_ path: String) throws(CellarError) {
        self.path = path
        classes = try names(in: path).filter { FileSystem.isFolder("\(path)/\($0)") }
        guard !classes.isEmpty else {
            throw CellarError(
                .badData, file: path, expected: "one subfolder with pictures per class",
                found: "no subfolder",
                fix: "Move the pictures into subfolders with the names of their classes.")
        }
        var files: [(String, Int)] = []
        for (label, name) in classes.enumerated() {
            let pictures = try namesOfPictures(in: "\(path)/\(name)").pictures
            guard !pictures.isEmpty else {
                throw CellarError(
                    .badData, file: "\(path)/\(name)", expected: "pictures of the class (PNG, JPEG)",
                    found: "none",
                    fix: "Add pictures, or remove the folder.")
            }
            files += pictures.map { ("\(path)/\(name)/\($0)", label) }
        }
        self.files = files
    }

    /// Decides how these pictures become a model's input.
    public func form(_ options: PictureOptions) throws(CellarError) -> ModelFacts.Picture {
        if options.areDigits {
            let size = options.size ?? PictureSize(height: 28, width: 28)
            return ModelFacts.Picture(
                height: size.height, width: size.width, inkIsBright: true, framing: .digit)
        }
        var channels = options.channels ?? 1
        if options.channels == nil {
            for file in files where channels == 1 {
                if try hasColours(readPictureFile(file.path), name: file.path) { channels = 3 }
            }
        }
        let first = try readPicture(readPictureFile(files[0].path), name: files[0].path)
        let size = options.size ?? PictureSize(height: first.height, width: first.width)
        return ModelFacts.Picture(
            height: size.height, width: size.width, channels: channels, inkIsBright: true, framing: .pixels,
            resampling: options.size == nil ? nil : .bilinear)
    }

    /// Reads all pictures as input of that form.
    public func read(as picture: ModelFacts.Picture) throws(CellarError) -> LabelledSamples {
        var (bytes, floats): ([UInt8], [Float]) = ([], [])
        for file in files {
            let read = try picture.read(file.path).samples
            switch read.storage {
            case .bytes(let pixels) where floats.isEmpty: bytes += pixels
            case .bytes(let pixels): floats += pixels.map { Float($0) }
            case .floats(let values):
                // One picture may have the model's size and the next be resized.
                floats += bytes.map { Float($0) } + values
                bytes = []
            case .texts: preconditionFailure("a picture has numbers")
            }
        }
        let samples =
            floats.isEmpty
            ? Samples(shape: picture.shape, bytes: bytes) : Samples(shape: picture.shape, floats: floats)
        return LabelledSamples(samples: samples, labels: files.map(\.label), classes: classes)
    }
}

/// The paths of the pictures in a folder, sorted by their names; not those in its subfolders.
public func pictures(in folder: String) throws(CellarError) -> [String] {
    let start = folder.hasSuffix("/") ? folder : folder + "/"
    let found = try namesOfPictures(in: folder).pictures.map { start + $0 }
    guard !found.isEmpty else {
        throw CellarError(
            .noInput, file: folder, expected: "a folder with pictures (PNG, JPEG)", found: "none in it",
            fix: "Use the path of another folder, or of a file.")
    }
    return found
}

/// Says how many files in a folder, and in its subfolders if it has one per class, were left out as they are no pictures. Nil if
/// none were.
public func leftOutWarning(_ folder: String, hasClasses: Bool = false) -> String? {
    var others: [String] = []
    if hasClasses {
        for name in (try? names(in: folder)) ?? [] where FileSystem.isFolder("\(folder)/\(name)") {
            others += ((try? namesOfPictures(in: "\(folder)/\(name)").others) ?? []).map { "\(name)/\($0)" }
        }
    } else {
        others = (try? namesOfPictures(in: folder).others) ?? []
    }
    guard !others.isEmpty else { return nil }
    let shown = others.prefix(3).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
    return
        "\(folder): left out \(others.count == 1 ? "a file" : "\(others.count) files") that \(others.count == 1 ? "is no PNG or JPEG picture" : "are no PNG or JPEG pictures"): \(shown)."
}

/// The files in a folder, pictures and others. Subfolders, pipes and devices are neither.
private func namesOfPictures(in folder: String) throws(CellarError) -> (pictures: [String], others: [String])
{
    var (pictures, others): ([String], [String]) = ([], [])
    for name in try names(in: folder) {
        let path = "\(folder)/\(name)"
        guard FileSystem.size(ofFile: path) != nil else { continue }
        if isPictureFile(path) { pictures.append(name) } else { others.append(name) }
    }
    return (pictures, others)
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
