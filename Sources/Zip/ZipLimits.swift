/// Limits on the resources that an archive may use. The defaults are far above what Keras writes.
public struct ZipLimits: Equatable, Sendable {
    public var members = 10_000
    /// Inflated bytes of one member, and of all members together.
    public var memberBytes = 16 << 30
    public var totalBytes = 32 << 30
    /// The maximum compression ratio of members larger than `freeBytes`. Trained weights hardly compress;
    /// deflate reaches at most 1032.
    public var ratio = 200
    public var freeBytes = 16 << 20

    public init() {}
}
