import Base

/// Something is wrong with how a layer, optimizer or network is described, in a model file or a recipe.
public struct CellarError: Error, Equatable, CustomStringConvertible {
    /// The layer, by name or class, that it is about.
    public var subject: String?
    /// The key of its config, for a caller who knows on which line that stands.
    public var key: String?
    public var message: String

    public init(_ message: String, subject: String? = nil, key: String? = nil) {
        (self.message, self.subject, self.key) = (message, subject, key)
    }

    public var description: String { subject.map { "\($0): \(message)" } ?? message }
}
