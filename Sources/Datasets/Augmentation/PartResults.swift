import Synchronization

/// The bytes that each of several threads made, in the order of the threads' numbers.
final class PartResults: Sendable {
    private let parts: Mutex<[[UInt8]]>

    init(count: Int) { parts = Mutex([[UInt8]](repeating: [], count: count)) }

    func set(_ part: Int, _ bytes: [UInt8]) { parts.withLock { $0[part] = bytes } }

    var joined: [UInt8] {
        parts.withLock { parts in
            var all: [UInt8] = []
            all.reserveCapacity(parts.reduce(0) { $0 + $1.count })
            for part in parts { all += part }
            return all
        }
    }
}
