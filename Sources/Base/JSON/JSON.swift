/// A JSON value. Members keep their order and integers stay integers. Python's `NaN`, `Infinity` and
/// `-Infinity`, which occur in Keras configs, are numbers.
public enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    /// Makes a number; null for infinity and NaN.
    public init(finite value: Double) { self = value.isFinite ? .number(value) : .null }

    public var isNull: Bool { if case .null = self { true } else { false } }

    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The value as an integer, also if it is written as `2.0`.
    public var int: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The member with that name, if this is an object that has one.
    public subscript(key: String) -> JSON? { object?[key] }

    /// The kind of value, for messages: "a string".
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .integer: "a whole number"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

/// The members of a JSON object, in the order of the text.
public struct JSONObject: Equatable, Sendable {
    private struct Member: Equatable {
        let key: String
        /// The number of bytes of the key.
        let length: Int
        var value: JSON

        init(key: String, value: JSON) { (self.key, length, self.value) = (key, key.utf8.count, value) }
    }

    private var list: [Member] = []
    private var nameIndex: NameIndex?

    /// An index from name to position. Short objects are searched linearly, which is faster than building a
    /// table. It is a class so that short objects pay nothing for it; only its one owner changes it.
    private final class NameIndex: @unchecked Sendable {
        static let minimumMembers = 48
        var table: [String: Int]

        init(_ table: [String: Int]) { self.table = table }
    }

    public init() {}

    public init(_ members: [(String, JSON)]) {
        list.reserveCapacity(members.count)
        for (key, value) in members { self[key] = value }
    }

    public static func == (a: JSONObject, b: JSONObject) -> Bool { a.list == b.list }

    public var isEmpty: Bool { list.isEmpty }
    public var keys: [String] { list.map(\.key) }
    public var members: [(key: String, value: JSON)] { list.map { ($0.key, $0.value) } }

    /// Sets a member. A new key is added at the end; setting nil removes the member.
    public subscript(key: String) -> JSON? {
        get { position(key).map { list[$0].value } }
        set {
            switch (position(key), newValue) {
            case (let position?, let value?): list[position].value = value
            case (nil, let value?):
                list.append(Member(key: key, value: value))
                if nameIndex != nil, isKnownUniquelyReferenced(&nameIndex) {
                    nameIndex?.table[key] = list.count - 1
                } else if list.count >= NameIndex.minimumMembers {
                    buildIndex()
                }
            case (let position?, nil):
                list.remove(at: position)
                if nameIndex != nil { buildIndex() }
            case (nil, nil): break
            }
        }
    }

    /// Returns an object with the same names and transformed values.
    public func mapValues(_ transform: (JSON) -> JSON) -> JSONObject {
        var mapped = self
        for index in list.indices { mapped.list[index].value = transform(list[index].value) }
        return mapped
    }

    private func position(_ key: String) -> Int? {
        if let nameIndex {
            guard let found = nameIndex.table[key] else { return nil }
            if list[found].key.hasSameBytes(as: key) { return found }
        }
        // Most names differ in length.
        let length = key.utf8.count
        for index in list.indices where list[index].length == length {
            if list[index].key.hasSameBytes(as: key) { return index }
        }
        return nil
    }

    private mutating func buildIndex() {
        nameIndex = NameIndex([:])
        for (index, member) in list.enumerated() { nameIndex?.table[member.key] = index }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}

extension JSON {
    /// The same without what strict JSON has no word for: NaN and infinities become null.
    public var strict: JSON {
        switch self {
        case .number(let value) where !value.isFinite: .null
        case .array(let values): .array(values.map(\.strict))
        case .object(let object): .object(object.mapValues(\.strict))
        default: self
        }
    }
}
