/// Finds positions in a list of names in constant time.
public struct NamePositions {
    private let names: [String]
    // Made when first needed: by name, and by name in lower case.
    private var exact, loose: [String: [Int]]?

    public init(_ names: [String]) { self.names = names }

    /// Returns the positions of that very name, or else those of the names that differ only in case.
    public mutating func positions(of name: String) -> [Int] {
        if exact == nil { exact = positions { $0 } }
        if let found = exact?[name] { return found }
        if loose == nil { loose = positions { $0.lowercased() } }
        return loose?[name.lowercased()] ?? []
    }

    private func positions(_ key: (String) -> String) -> [String: [Int]] {
        var positions: [String: [Int]] = [:]
        for (index, name) in names.enumerated() { positions[key(name), default: []].append(index) }
        return positions
    }

    /// Returns the only position; nil if there is none or several.
    public mutating func position(of name: String) -> Int? {
        let found = positions(of: name)
        return found.count == 1 ? found[0] : nil
    }
}
