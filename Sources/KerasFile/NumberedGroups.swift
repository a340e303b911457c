import Base
import HDF5

/// A group of a weights file in Keras 3's layout, with all that lies in it. tf.keras 2.13 to 2.15 on Windows joined the names
/// of groups by backslashes (`layers\\dense/vars/0`); here such a name is two groups.
struct NumberedGroups {
    let path: String
    private(set) var children: [String: NumberedGroups] = [:]
    /// Where an array lies, which is no group.
    private(set) var array: (group: HDF5Group, name: String)?

    private init(path: String) { self.path = path }

    init(_ root: HDF5Group, only names: [String]) throws {
        self.init(path: "")
        for name in try root.childNames() where names.contains(where: name.hasPrefix) {
            try take(root, name, depth: 0)
        }
    }

    private mutating func take(_ group: HDF5Group, _ name: String, depth: Int) throws {
        guard depth < 64 else { throw CellarError(.badData, "\(group.path) is nested too deeply") }
        try take(name.split(separator: "\\").map(String.init)[...]) { (node) throws in
            switch group.kind(of: name) {
            case .dataset: node.array = (group, name)
            case .group:
                let inner = try group.group(named: name)
                for child in try inner.childNames() { try node.take(inner, child, depth: depth + 1) }
            default: break
            }
        }
    }

    private mutating func take(
        _ names: ArraySlice<String>, _ body: (inout NumberedGroups) throws -> Void
    ) throws {
        guard let first = names.first else { return try body(&self) }
        var child = children[first] ?? NumberedGroups(path: "\(path)/\(first)")
        try child.take(names.dropFirst(), body)
        children[first] = child
    }

    /// The group or array at a path such as `cell/vars/0`.
    subscript(path: String) -> NumberedGroups? {
        path.split(separator: "/").reduce(Optional(self)) { $0?.children[String($1)] }
    }

    /// The number of arrays, without the state of random generators.
    var arrayCount: Int {
        (array == nil ? 0 : 1)
            + children.reduce(0) { count, child in
                child.key.hasPrefix("seed_generator") || child.key.hasSuffix("random_generator")
                    ? count : count + child.value.arrayCount
            }
    }

    /// The groups of a class, `dense`, `dense_1` …, that have arrays, in the order of their numbers.
    func numbered(_ word: String) -> [NumberedGroups] {
        children.compactMap { name, group -> (Int, NumberedGroups)? in
            guard let number = Self.number(name, of: word), group.arrayCount > 0 else { return nil }
            return (number, group)
        }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private static func number(_ name: String, of word: String) -> Int? {
        if name == word { return 0 }
        guard name.hasPrefix(word + "_") else { return nil }
        let digits = name.dropFirst(word.utf8.count + 1)
        return digits.allSatisfy { ("0"..."9").contains($0) } ? Int(digits) : nil
    }
}
