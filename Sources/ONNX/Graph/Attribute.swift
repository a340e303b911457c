import Foundation

/// The value of a node's attribute.
enum Attribute {
    case int(Int), ints([Int])
    case float(Float), floats([Float])
    case string(String), strings([String])

    func proto(named name: String) -> AttributeProto {
        var proto = AttributeProto()
        proto.name = name
        switch self {
        case .int(let value): (proto.type, proto.i) = (.int, Int64(value))
        case .ints(let values): (proto.type, proto.ints) = (.ints, values.map { Int64($0) })
        case .float(let value): (proto.type, proto.f) = (.float, value)
        case .floats(let values): (proto.type, proto.floats) = (.floats, values)
        case .string(let value): (proto.type, proto.s) = (.string, Data(value.utf8))
        case .strings(let values): (proto.type, proto.strings) = (.strings, values.map { Data($0.utf8) })
        }
        return proto
    }
}

/// A node's attributes, in their order.
struct Attributes: ExpressibleByDictionaryLiteral {
    var all: [(String, Attribute)]
    init(_ all: [(String, Attribute)]) { self.all = all }
    init(dictionaryLiteral elements: (String, Attribute)...) { all = elements }
}
