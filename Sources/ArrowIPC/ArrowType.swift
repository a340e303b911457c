import Base

/// The type of a column: those of fixed width, and texts and bytes of any length.
public enum ArrowType: Equatable, Sendable {
    case null
    case int(bits: Int, isSigned: Bool)
    case float(bits: Int)
    case bool
    /// Texts in UTF-8, with offsets of 32 bits, or of 64 if it is large.
    case text(isLarge: Bool)
    case bytes(isLarge: Bool)
    /// Dates, times, decimals and the like, which are passed on and not read.
    case fixed(FixedWidthType)

    /// True if it can be read as numbers.
    public var isNumber: Bool {
        switch self {
        case .int, .float, .bool: true
        default: false
        }
    }

    /// The name for messages, as pyarrow has it.
    public var name: String {
        switch self {
        case .null: "null"
        case .int(let bits, let isSigned): (isSigned ? "int" : "uint") + "\(bits)"
        case .float(16): "halffloat"
        case .float(let bits): bits == 32 ? "float" : "double"
        case .bool: "bool"
        case .text(let isLarge): isLarge ? "large_string" : "string"
        case .bytes(let isLarge): isLarge ? "large_binary" : "binary"
        case .fixed(let type): ArrowType.names[type.id] ?? "type \(type.id)"
        }
    }

    /// Number of bits of a value; 0 where the length varies or there are no values.
    var bits: Int {
        switch self {
        case .null, .text, .bytes: 0
        case .int(let bits, _), .float(let bits): bits
        case .bool: 1
        case .fixed(let type): 8 * type.width
        }
    }

    /// Number of buffers in a batch.
    var bufferCount: Int {
        switch self {
        case .null: 0
        case .text, .bytes: 3
        default: 2
        }
    }
}

/// A type whose values have a fixed number of bytes: its number in the format, its parameters and time zone.
public struct FixedWidthType: Equatable, Sendable {
    let id: UInt8
    /// The fields of the type's table that are numbers, in their order.
    var numbers: [Int32] = []
    var timeZone: String?
    /// Bytes of a value.
    let width: Int
}

// The format's own numbers of types.
private enum ID {
    static let null: UInt8 = 1
    static let int: UInt8 = 2
    static let float: UInt8 = 3
    static let bytes: UInt8 = 4
    static let text: UInt8 = 5
    static let bool: UInt8 = 6
    static let decimal: UInt8 = 7
    static let date: UInt8 = 8
    static let time: UInt8 = 9
    static let timestamp: UInt8 = 10
    static let interval: UInt8 = 11
    static let fixedBytes: UInt8 = 15
    static let duration: UInt8 = 18
    static let largeBytes: UInt8 = 19
    static let largeText: UInt8 = 20
}

extension ArrowType {
    private static let names: [UInt8: String] = [
        7: "decimal", 8: "date", 9: "time", 10: "timestamp", 11: "interval", 12: "list", 13: "struct",
        14: "union",
        15: "fixed_size_binary", 16: "fixed_size_list", 17: "map", 18: "duration", 21: "large_list",
        22: "run_end_encoded", 23: "binary_view", 24: "string_view", 25: "list_view", 26: "large_list_view",
    ]

    /// Reads a type from its number and table.
    init(id: UInt8, _ table: FlatTable, column: String) throws(CellarError) {
        func short(_ slot: Int, or standard: Int16) throws(CellarError) -> Int32 {
            Int32(try table.integer(slot, or: standard))
        }
        func fixed(_ width: Int, _ numbers: Int32..., timeZone: String? = nil) -> ArrowType {
            .fixed(FixedWidthType(id: id, numbers: numbers, timeZone: timeZone, width: width))
        }
        switch id {
        case ID.null: self = .null
        case ID.int:
            let bits = Int(try table.integer(0, or: Int32(0)))
            guard [8, 16, 32, 64].contains(bits) else { throw .damagedArrow("integers of \(bits) bits") }
            self = .int(bits: bits, isSigned: try table.integer(1, or: UInt8(0)) != 0)
        case ID.float:
            let precision = try short(0, or: 0)
            guard (0...2).contains(precision) else { throw .damagedArrow("numbers of an unknown precision") }
            self = .float(bits: 16 << Int(precision))
        case ID.bool: self = .bool
        case ID.text, ID.largeText: self = .text(isLarge: id == ID.largeText)
        case ID.bytes, ID.largeBytes: self = .bytes(isLarge: id == ID.largeBytes)
        case ID.decimal:
            let bits = try table.integer(2, or: Int32(128))
            guard [32, 64, 128, 256].contains(bits) else { throw .damagedArrow("decimals of \(bits) bits") }
            self = fixed(
                Int(bits) / 8, try table.integer(0, or: Int32(0)), try table.integer(1, or: Int32(0)), bits)
        case ID.date:
            let unit = try short(0, or: 1)
            self = fixed(unit == 0 ? 4 : 8, unit)
        case ID.time:
            let bits = try table.integer(1, or: Int32(32))
            guard bits == 32 || bits == 64 else { throw .damagedArrow("times of \(bits) bits") }
            self = fixed(Int(bits) / 8, try short(0, or: 1), bits)
        case ID.timestamp: self = fixed(8, try short(0, or: 0), timeZone: try table.text(1))
        case ID.interval:
            let unit = try short(0, or: 0)
            guard (0...2).contains(unit) else { throw .damagedArrow("intervals of an unknown unit") }
            self = fixed([4, 8, 16][Int(unit)], unit)
        case ID.duration: self = fixed(8, try short(0, or: 1))
        case ID.fixedBytes:
            let width = try table.integer(0, or: Int32(0))
            guard (0...1 << 24).contains(width) else { throw .damagedArrow("values of \(width) bytes") }
            self = fixed(Int(width), width)
        default:
            throw CellarError(
                .badData, "columns of type \(ArrowType.names[id] ?? "number \(id)") are not supported.",
                column: column,
                remedy: "Leave the column out, or convert it to numbers or texts.")
        }
    }

    var id: UInt8 {
        switch self {
        case .null: ID.null
        case .int: ID.int
        case .float: ID.float
        case .bool: ID.bool
        case .text(let isLarge): isLarge ? ID.largeText : ID.text
        case .bytes(let isLarge): isLarge ? ID.largeBytes : ID.bytes
        case .fixed(let type): type.id
        }
    }

    /// Writes the type's table for the place `owner`.
    func write(to writer: inout FlatWriter, for owner: Int) {
        switch self {
        case .null, .bool, .text, .bytes: _ = writer.table([], for: owner)
        case .int(let bits, let isSigned):
            _ = writer.table([.int(Int32(bits)), .byte(isSigned ? 1 : 0)], for: owner)
        case .float(let bits): _ = writer.table([.short(bits == 16 ? 0 : bits == 32 ? 1 : 2)], for: owner)
        case .fixed(let type): type.write(to: &writer, for: owner)
        }
    }
}

extension FixedWidthType {
    fileprivate func write(to writer: inout FlatWriter, for owner: Int) {
        switch id {
        case ID.decimal, ID.fixedBytes: _ = writer.table(numbers.map { .int($0) }, for: owner)
        case ID.time: _ = writer.table([.short(Int16(numbers[0])), .int(numbers[1])], for: owner)
        case ID.timestamp:
            let places = writer.table(
                [.short(Int16(numbers[0])), timeZone == nil ? .missing : .later], for: owner)
            if let timeZone { writer.text(timeZone, for: places[0]) }
        default: _ = writer.table([.short(Int16(numbers[0]))], for: owner)
        }
    }
}
