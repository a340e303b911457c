import Base

/// What models, aliases and tags may be called, so that `mnist:12`, `mnist@best` and a path are never confused.
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
                "\(quoted(name)) cannot be a model's name: expected letters, digits, `.`, `_` and `-`, not "
                    + "beginning with `.` or `-` and not ending as a file's name does (.h5).")
        }
    }

    static func checkAlias(_ name: String) throws(CellarError) {
        guard isPlain(name), !name.allSatisfy(\.isNumber) else {
            throw CellarError(
                .usage,
                "\(quoted(name)) cannot be an alias: expected letters, digits, `.`, `_` and `-`, and not digits "
                    + "alone, as `production`.")
        }
    }

    static func checkTag(_ key: String) throws(CellarError) {
        guard isPlain(key) else {
            throw CellarError(
                .usage,
                "\(quoted(key)) cannot be a tag: expected letters, digits, `.`, `_` and `-`, as `owner=ann`.")
        }
    }

    /// A model's name made of any text, as of a foreign file's name.
    static func model(from text: String) -> String {
        var name = String(
            text.unicodeScalars.map { scalar -> Character in
                isPlain(String(scalar)) ? Character(scalar) : "-"
            }.prefix(100))
        for suffix in [".h5", ".hdf5", ".keras"] where name.lowercased().hasSuffix(suffix) {
            name.removeLast(suffix.count)
        }
        name = String(name.drop { ".-".contains($0) })
        return name.isEmpty || isFileName(name) ? "model" : name
    }

    private static func quoted(_ name: String) -> String { "\"\(name)\"" }
}

extension ModelStore {
    /// Whether a model may be called so; for a caller that has long work to do before it saves.
    public static func checkModelName(_ name: String) throws(CellarError) { try Names.checkModel(name) }
}
