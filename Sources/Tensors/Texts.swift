/// A list of texts as one array of bytes (UTF-8) and the end of each text in it.
public struct Texts: Equatable, Sendable {
    public private(set) var bytes: [UInt8] = []
    public private(set) var ends: [Int] = []

    public init() {}
    public init(_ texts: some Sequence<String>) {
        for text in texts { append(text.utf8) }
    }

    /// Makes texts of `size` bytes that `write` writes, with where each ends. It may write up to `room` bytes more.
    package init(
        count: Int, size: Int, room: Int,
        write: (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<Int64>) -> Void
    ) {
        unsafe bytes = [UInt8](unsafeUninitializedCapacity: size + room) { bytes, used in
            unsafe ends = [Int](unsafeUninitializedCapacity: count) { ends, written in
                unsafe write(
                    UnsafeMutableRawPointer(bytes.baseAddress!).assumingMemoryBound(to: CChar.self),
                    UnsafeMutableRawPointer(ends.baseAddress!).assumingMemoryBound(to: Int64.self))
                written = count
            }
            used = size
        }
    }

    public var count: Int { ends.count }

    public mutating func append(_ text: some Sequence<UInt8>) {
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
    }

    public mutating func append(_ text: ArraySlice<UInt8>) {
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
    }

    public mutating func append(_ text: Span<UInt8>) {
        unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        ends.append(bytes.count)
    }

    public mutating func reserve(_ count: Int) { ends.reserveCapacity(count) }

    public func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }
    public subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }
    public func string(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

    public func selecting(_ rows: some Collection<Int>) -> Texts {
        var chosen = Texts()
        chosen.ends.reserveCapacity(rows.count)
        for row in rows { chosen.append(self[row]) }
        return chosen
    }
}
