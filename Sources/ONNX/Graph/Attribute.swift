/// The value of a node's attribute.
enum Attribute {
    case int(Int), ints([Int])
    case float(Float), floats([Float])
    case string(String), strings([String])
}

/// The attributes of a node, in order.
struct Attributes: ExpressibleByDictionaryLiteral {
    var all: [AttributeProto]
    init(_ all: [(String, Attribute)]) { self.all = all.map { AttributeProto(name: $0, value: $1) } }
    init(dictionaryLiteral elements: (String, Attribute)...) { self.init(elements) }
}
