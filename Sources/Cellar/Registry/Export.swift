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
    /// Copies the bytes, whatever the ending.
    public var asIs: Bool
    public var overwrite: Bool

    public init(reference: String, file: String, asIs: Bool = false, overwrite: Bool = false) {
        (self.reference, self.file, self.asIs, self.overwrite) = (reference, file, asIs, overwrite)
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
        let name = request.file.lowercased()
        if name.hasSuffix(".onnx") { return try exportONNX(source, request) }
        guard !request.asIs, [".h5", ".hdf5", ".keras"].contains(where: name.hasSuffix) else {
            return try copy(request, isChecked: false)
        }
        let trusted = try trusted(source)
        guard ModelFormat(path: request.file) == ModelFormat(path: source.path),
            try readFacts(trusted) != nil
        else { return try rewrite(source, trusted, request, progress) }
        for warning in try exportWarnings(of: trusted, as: ModelFormat(path: request.file)) {
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
        _ source: ModelLocation, _ trusted: TrustedFile, _ request: ExportRequest,
        _ progress: ProgressReporter
    ) throws -> ExportedFile {
        let contents = try readModel(trusted)
        let format = ModelFormat(path: request.file)
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
