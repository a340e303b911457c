import Base
import WireFormat

/// The numbers of an event file by tag, of Keras' callback, of TensorFlow 1 or 2, or of Cellar.
public struct EventScalars: Equatable, Sendable {
    public struct Point: Equatable, Sendable {
        public let step: Int
        /// Seconds since 1970.
        public let time: Double
        public let value: Double
    }

    /// The points of each tag in the order of the file.
    public internal(set) var points: [String: [Point]] = [:]
    /// The time of the first event; nil for a file without one.
    public internal(set) var began: Double?
    /// The number of events of other kinds: histograms, pictures, graphs.
    public internal(set) var others = 0

    public init() {}

    /// Reads a file. Throws if it is no event file or damaged; a last record that is not complete is left out.
    public init(file: String) throws(CellarError) { try read(file: file) }

    /// Adds the events of a file, of a damaged one those before the damage.
    public mutating func read(file: String) throws(CellarError) {
        try Records.forEach(in: file) { (message) throws(CellarError) in
            guard let message else { return others += 1 }
            guard read(message) else {
                throw CellarError(
                    .badData, "a record is no event: this is no event file, or it is damaged.", file: file)
            }
        }
    }

    /// Adds the points of another file of the same run.
    public mutating func add(_ other: EventScalars) {
        for (tag, more) in other.points { points[tag, default: []] += more }
        began = [began, other.began].compactMap { $0 }.min()
        others += other.others
    }

    /// Removes points from before a time whose step is this one or a later one.
    public mutating func remove(fromStep step: Int, before time: Double) {
        for tag in points.keys { points[tag]?.removeAll { $0.step >= step && $0.time < time } }
    }

    /// Returns false for a message that cannot be read.
    private mutating func read(_ message: ArraySlice<UInt8>) -> Bool {
        var reader = WireReader(message)
        var (time, step) = (Double?.none, 0)
        var summary: ArraySlice<UInt8>?
        while let (field, value) = reader.next() {
            switch (field, value) {
            case (1, .fixed64(let bits)): time = Double(bitPattern: bits)
            case (2, .number(let number)): step = Int(truncatingIfNeeded: number)
            case (4, .bytes): others += 1
            case (5, .bytes(let bytes)): summary = bytes
            default: break
            }
        }
        guard !reader.isDamaged else { return false }
        if began == nil, let time, time.isFinite { began = time }
        guard let summary else { return true }
        var entries = WireReader(summary)
        while let (field, value) = entries.next() {
            guard field == 1, case .bytes(let entry) = value else { continue }
            guard let found = Entry(entry) else { return false }
            guard let value = found.value, !found.tag.isEmpty else {
                others += 1
                continue
            }
            points[found.tag, default: []].append(.init(step: step, time: time ?? 0, value: value))
        }
        return !entries.isDamaged
    }

    /// One value of a summary; the value is nil unless it is a number.
    private struct Entry {
        var tag = ""
        var value: Double?

        init?(_ bytes: ArraySlice<UInt8>) {
            var reader = WireReader(bytes)
            while let (field, found) = reader.next() {
                switch (field, found) {
                case (1, .bytes(let text)): tag = String(decoding: text, as: UTF8.self)
                case (2, .fixed32(let bits)): value = Double(Float(bitPattern: bits))
                case (8, .bytes(let tensor)): value = number(ofTensor: tensor)
                default: break
                }
            }
            if reader.isDamaged { return nil }
        }
    }
}

/// The number of a tensor without axes; nil for other tensors.
private func number(ofTensor bytes: ArraySlice<UInt8>) -> Double? {
    var reader = WireReader(bytes)
    var (type, content, single, double) = (UInt64(0), ArraySlice<UInt8>(), Double?.none, Double?.none)
    while let (field, value) = reader.next() {
        switch (field, value) {
        case (1, .number(let number)): type = number
        case (2, .bytes(let axes)): if !axes.isEmpty { return nil }
        case (4, .bytes(let raw)): content = raw
        // Numbers are packed, or each has a field.
        case (5, .bytes(let raw)) where raw.count == 4: single = Double(Float(bitPattern: word(raw)))
        case (5, .fixed32(let bits)): single = Double(Float(bitPattern: bits))
        case (6, .bytes(let raw)) where raw.count == 8: double = Double(bitPattern: word(raw))
        case (6, .fixed64(let bits)): double = Double(bitPattern: bits)
        default: break
        }
    }
    guard !reader.isDamaged else { return nil }
    switch (type, content.count) {
    case (1, 4): return Double(Float(bitPattern: word(content)))
    case (1, 0): return single
    case (2, 8): return Double(bitPattern: word(content))
    case (2, 0): return double
    default: return nil
    }
}

private func word<Word: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Word {
    bytes.reversed().reduce(0) { $0 << 8 | Word($1) }
}
