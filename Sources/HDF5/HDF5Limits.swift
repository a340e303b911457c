/// How much a file may make us take. The defaults suit model files and are far above what Keras writes.
public struct HDF5Limits: Equatable, Sendable {
    /// Entries of one group, and attributes of one object.
    public var children = 100_000
    /// Bytes of one dataset's numbers in memory.
    public var datasetBytes = 4 << 30
    /// Bytes of one attribute as stored. Keras' name lists stay below 64 KiB; texts lie outside and do not count here.
    public var attributeBytes = 16 << 20
    /// Bytes of all texts of one attribute or dataset.
    public var textBytes = 256 << 20
    /// Bytes that one stored byte may inflate to: 1032 is what deflate can do at best.
    public var inflation = 1032

    public init() {}
}
