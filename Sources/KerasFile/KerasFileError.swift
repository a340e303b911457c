import Base

/// Why a model file could not be read or written.
public struct CellarError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable { case missing, damaged, unsupported, notWritable }
    public var kind: Kind
    public var file: String
    public var message: String

    public init(_ kind: Kind, file: String, _ message: String) {
        (self.kind, self.file, self.message) = (kind, file, message)
    }

    public var description: String { "\(file): \(message)" }
}
