/// Limits on the resources that a file may use. The defaults are far above what Keras writes.
public struct HDF5Limits: Equatable, Sendable {
    /// Entries of a group, or attributes of an object.
    public var children = 100_000
    /// Bytes of a dataset in memory.
    public var datasetBytes = 4 << 30
    /// Bytes of an attribute as stored. Keras' name lists are below 64 KiB; the bytes of variable-length
    /// texts do not count.
    public var attributeBytes = 16 << 20
    /// Total bytes of the texts of an attribute or dataset.
    public var textBytes = 256 << 20
    /// The maximum compression ratio: deflate reaches at most 1032.
    public var inflation = 1032

    public init() {}
}
