import CMemory

/// A zero-initialized block of numbers, aligned to a cache line. Executors place all their results in a few
/// arenas when they plan, so that a step allocates nothing.
@safe public final class Arena: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>
    public let count: Int
    /// Bytes mapped from the system; 0 for a small block allocated with `malloc`.
    private let mapped: Int

    /// Blocks from this size on are mapped and populated at once.
    private static let large = 1 << 17

    public init(count: Int) {
        self.count = count
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        if bytes >= Arena.large, !cm_heap_serves(bytes), let pages = unsafe cm_map(bytes) {
            mapped = bytes
            unsafe base = pages.bindMemory(to: Float.self, capacity: max(count, 1))
            return
        }
        mapped = 0
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        unsafe raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        unsafe base = raw.assumingMemoryBound(to: Float.self)
    }

    deinit {
        if mapped > 0 {
            unsafe cm_unmap(base, mapped)
        } else {
            unsafe UnsafeMutableRawPointer(base).deallocate()
        }
    }

    public func slice(_ offset: Int, _ count: Int) -> Floats {
        precondition(offset >= 0 && count >= 0 && offset + count <= self.count, "outside the arena")
        return unsafe Floats(base: base + offset, count: count)
    }

    public var all: Floats { slice(0, count) }
}

/// Assigns positions in an arena before it is allocated, with a granularity of 16 numbers (a cache line).
public struct ArenaLayout {
    public private(set) var count = 0
    public init() {}

    public mutating func reserve(_ numbers: Int) -> Range<Int> {
        let start = count
        count += (numbers + 15) / 16 * 16
        return start..<start + numbers
    }
}

extension Arena {
    public func slice(_ range: Range<Int>) -> Floats { slice(range.lowerBound, range.count) }
}

/// A range of an arena's numbers. The owner must keep the arena alive (an executor keeps both), and two
/// threads must not write to overlapping ranges. Every access is bounds-checked.
@safe public struct Floats: @unchecked Sendable {
    package let base: UnsafeMutablePointer<Float>
    public let count: Int

    package init(base: UnsafeMutablePointer<Float>, count: Int) {
        (unsafe self.base, self.count) = (unsafe base, count)
    }

    public subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count)
            return unsafe base[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count)
            unsafe base[index] = newValue
        }
    }

    public subscript(range: Range<Int>) -> Floats {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe Floats(base: base + range.lowerBound, count: range.count)
    }

    /// The first `count` numbers.
    public func prefix(_ count: Int) -> Floats { self[0..<count] }

    public func fill(_ value: Float) { unsafe base.update(repeating: value, count: count) }

    public func copy(from other: Floats) {
        precondition(other.count == count)
        unsafe base.update(from: other.base, count: count)
    }

    public func copy(from values: [Float]) {
        precondition(values.count == count)
        unsafe values.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { unsafe base.update(from: start, count: count) }
        }
    }

    /// Copies numbers from an array, starting at its index `start`.
    public func copy(from values: [Float], at start: Int) {
        precondition(start >= 0 && start + count <= values.count)
        unsafe values.withUnsafeBufferPointer { source in
            if let first = source.baseAddress { unsafe base.update(from: first + start, count: count) }
        }
    }

    /// Copies these numbers to an array, starting at its index `start`.
    public func copy(into values: inout [Float], at start: Int) {
        precondition(start >= 0 && start + count <= values.count)
        unsafe values.withUnsafeMutableBufferPointer { target in
            if let first = target.baseAddress { unsafe (first + start).update(from: base, count: count) }
        }
    }

    public var array: [Float] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }
}
