/// How much an archive may make us take. The defaults suit model files and are far above what Keras writes.
public struct ZipLimits: Equatable, Sendable {
    public var members = 10_000
    /// Bytes of one member, inflated, and of all members together.
    public var memberBytes = 16 << 30
    public var totalBytes = 32 << 30
    /// How many bytes a stored byte may become, once a member is larger than `freeBytes`. Weights that were trained
    /// hardly shrink; deflate at its best makes 1032 of one.
    public var ratio = 200
    public var freeBytes = 16 << 20

    public init() {}
}
