import Base

/// Rules for names of models, aliases and tags, which keep `mnist:12`, `mnist@best` and paths distinct.
enum Names {
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100
            && name.unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
                default: false
                }
            }
    }

    static func isFileName(_ name: String) -> Bool {
        let lower = name.lowercased()
        return [".h5", ".keras", ".hdf5"].contains { lower.hasSuffix($0) }
    }

    static func checkModel(_ name: String) throws(CellarError) {
        guard isPlain(name), !isFileName(name), name.first != ".", name.first != "-" else {
            throw CellarError(
                .usage,
                "invalid model name \(quoted(name)): expected letters, digits, `.`, `_` and `-`, not starting with "
                    + "`.` or `-` and not ending in .h5, .hdf5 or .keras.")
        }
    }

    static func checkAlias(_ name: String) throws(CellarError) {
        guard isPlain(name), !name.allSatisfy(\.isNumber) else {
            throw CellarError(
                .usage,
                "invalid alias \(quoted(name)): expected letters, digits, `.`, `_` and `-`, not only digits; "
                    + "for example `production`.")
        }
    }

    static func checkTag(_ key: String) throws(CellarError) {
        guard isPlain(key) else {
            throw CellarError(
                .usage,
                "invalid tag \(quoted(key)): expected letters, digits, `.`, `_` and `-`; for example `owner=ann`."
            )
        }
    }

    static func checkReason(_ reason: String) throws(CellarError) {
        guard Limits.isText(reason) else {
            throw CellarError(.usage, "the reason is too long: expected at most \(Limits.text) bytes.")
        }
    }

    /// Makes a valid model name from any text, such as the name of a foreign file.
    static func model(from text: String) -> String {
        var name = withPlainCharacters(text)
        for suffix in [".h5", ".hdf5", ".keras"] where name.lowercased().hasSuffix(suffix) {
            name.removeLast(suffix.count)
        }
        name = String(name.drop { ".-".contains($0) })
        return name.isEmpty || isFileName(name) ? "model" : name
    }

    /// Makes a valid name of a tag from any text; a valid one stays.
    static func plain(from text: String) -> String {
        if isPlain(text) { return text }
        let name = String(withPlainCharacters(text).drop { ".-".contains($0) })
        return name.isEmpty ? "name" : name
    }

    /// Makes a valid alias from any text; a valid one stays.
    static func alias(from text: String) -> String {
        let name = plain(from: text)
        return name.allSatisfy(\.isNumber) ? "alias-\(name.prefix(90))" : name
    }

    private static func withPlainCharacters(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar -> Character in
                isPlain(String(scalar)) ? Character(scalar) : "-"
            }.prefix(100))
    }

    private static func quoted(_ name: String) -> String { "\"\(name)\"" }
}

extension ModelStore {
    /// Throws if the model name is invalid. Callers check it before long work that ends in a save.
    public static func checkModelName(_ name: String) throws(CellarError) { try Names.checkModel(name) }
}
