import Base
import Foundation
import KerasFile
import ONNX
import Registry

/// Writes a model to a file outside the store.
public struct ExportRequest: Sendable {
    /// A version, or a file that is not registered.
    public var reference: String
    /// The file to write, or a folder. Its ending decides the form: `.h5`, `.keras`, `.weights.h5` or `.onnx`.
    public var file: String
    /// The form to write, whatever the ending.
    public var format: ExportFormat?
    /// Copies the bytes, whatever the ending.
    public var asIs: Bool
    public var overwrite: Bool

    public init(
        reference: String, file: String, format: ExportFormat? = nil, asIs: Bool = false,
        overwrite: Bool = false
    ) {
        (self.reference, self.file, self.format) = (reference, file, format)
        (self.asIs, self.overwrite) = (asIs, overwrite)
    }

    /// The form that was asked for; nil for a copy into a folder.
    fileprivate func wantedFormat() throws(CellarError) -> ExportFormat? {
        if let format { return format }
        if FileSystem.isFolder(file) { return nil }
        let name = FileSystem.name(of: file).lowercased()
        // The longest ending decides: `.weights.h5` ends in `.h5` too.
        let fitting = ExportFormat.allCases.filter { $0.endings.contains(where: name.hasSuffix) }
        guard let format = fitting.max(by: { $0.rawValue.utf8.count < $1.rawValue.utf8.count }) else {
            let known = ExportFormat.allCases.flatMap(\.endings).joined(separator: ", ")
            throw CellarError(
                .usage,
                "cannot export: the name tells no form that is known; expected a name that ends in \(known).",
                file: file,
                remedy: "Use one of these endings, or choose the form with --format, or --as-is for a copy.")
        }
        return format
    }
}

/// The forms that a model is exported in.
public enum ExportFormat: String, CaseIterable, Sendable {
    case h5, keras, onnx
    case weights = "weights.h5"

    var endings: [String] {
        switch self {
        case .h5: [".h5", ".hdf5"]
        case .keras: [".keras"]
        case .weights: [".weights.h5"]
        case .onnx: [".onnx"]
        }
    }

    fileprivate var modelFormat: ModelFormat {
        switch self {
        case .h5, .onnx: .h5
        case .keras: .keras
        case .weights: .weights
        }
    }
}

public struct ExportedFile: Sendable {
    public enum WrittenForm: Equatable, Sendable {
        /// The bytes of the model file.
        case copy
        /// The model written in another Keras form, or by Cellar instead of a Keras that others cannot read.
        case rewritten
        case onnx(bytes: Int)
    }
    public let reference: String
    public let file: String
    /// The digest of the model file, not of the exported one.
    public let sha256: String
    /// The size of the model file.
    public let size: Int
    public let form: WrittenForm

    public var json: JSON {
        ["reference": .string(reference), "file": .string(file), "sha256": .string(sha256)]
    }
}

extension Store {
    public func export(_ request: ExportRequest, progress: ProgressReporter = .none) throws -> ExportedFile {
        let source = try models.file(of: request.reference)
        guard !request.asIs, let format = try request.wantedFormat() else {
            return try copy(request, isChecked: false)
        }
        if format == .onnx { return try exportONNX(source, request) }
        let trusted = try trusted(source)
        guard format.modelFormat == ModelFormat(path: source.path), try readFacts(trusted) != nil else {
            return try rewrite(source, trusted, request, format.modelFormat, progress)
        }
        for warning in try exportWarnings(of: trusted, as: format.modelFormat) {
            progress.warn("\(source.reference): \(warning)")
        }
        // Unless the file is unchanged since its last check, the gate has read it to the end just now.
        return try copy(request, isChecked: trusted.identity?.text != source.identity)
    }

    /// Calls `body` with the bytes of a model's file. A registered file is checked first.
    public func withBytes(of reference: String, _ body: (Span<UInt8>) throws -> Void) throws {
        let source = try models.file(of: reference)
        try models.check(source)
        let bytes = try Data(contentsOf: source.url, options: .mappedIfSafe)
        for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
            try body(Array(bytes[start..<min(start + 1 << 20, bytes.count)]).span)
        }
    }

    /// The digest of a model file: the registered one, or computed for an unregistered file.
    func digest(of source: ModelLocation) throws(CellarError) -> String {
        if let sha256 = source.sha256 { return sha256 }
        return try FileDigest(ofFile: source.path).sha256
    }

    private func copy(_ request: ExportRequest, isChecked: Bool) throws -> ExportedFile {
        let version = try models.export(
            request.reference, to: URL(fileURLWithPath: request.file), overwrite: request.overwrite,
            isChecked: isChecked)
        return ExportedFile(
            reference: version.reference, file: request.file, sha256: version.sha256, size: version.size,
            form: .copy)
    }

    private func rewrite(
        _ source: ModelLocation, _ trusted: TrustedFile, _ request: ExportRequest, _ format: ModelFormat,
        _ progress: ProgressReporter
    ) throws -> ExportedFile {
        let contents = try readModel(trusted)
        for warning in contents.warnings { progress.warn("\(source.reference): \(warning)") }
        try models.export(
            to: URL(fileURLWithPath: request.file), named: "model.h5", overwrite: request.overwrite
        ) { output in
            do throws(CellarError) {
                try exportModel(contents, to: &output, as: format)
            } catch {
                var error = error
                error.message += " The model is made from \(source.path)."
                throw error
            }
        }
        for warning in exportWarnings(contents.model, as: format) {
            progress.warn("\(source.reference): \(warning)")
        }
        return try exported(source, request, .rewritten)
    }

    private func exportONNX(_ source: ModelLocation, _ request: ExportRequest) throws -> ExportedFile {
        let contents = try readModel(trusted(source), forTraining: false)
        let origin = ONNXOrigin(
            reference: source.reference, sha256: try digest(of: source), facts: contents.facts)
        let data = try naming(file: source.reference) { try ONNX.exportONNX(contents.model, from: origin) }
        try models.export(
            to: URL(fileURLWithPath: request.file), named: "model.onnx", overwrite: request.overwrite
        ) { output in try output.write(Array(data).span) }
        return try exported(source, request, .onnx(bytes: data.count))
    }

    private func exported(
        _ source: ModelLocation, _ request: ExportRequest, _ form: ExportedFile.WrittenForm
    ) throws -> ExportedFile {
        ExportedFile(
            reference: source.reference, file: request.file, sha256: try digest(of: source),
            size: FileSystem.size(ofFile: source.path) ?? 0, form: form)
    }
}
