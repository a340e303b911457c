import Foundation

/// Paths with `*`, `?` or `[abc]` in their last part.
public enum FilePattern {
    /// Returns the files that are meant by paths and patterns. A pattern that no file matches may be a name, unless it has a star.
    ///
    /// - recipe: The recipe that has them, if one has.
    public static func files(_ words: [String], recipe: String? = nil) -> [String] {
        words.flatMap { word -> [String] in
            guard word.contains(where: "*?[".contains) else { return [word] }
            let found = matches(word, recipe: recipe)
            return found.isEmpty && !word.contains("*") ? [word] : found
        }
    }

    /// Returns the files that match, sorted, relative to the current folder or the parent of the recipe's folder.
    static func matches(_ pattern: String, recipe: String?) -> [String] {
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
        let folder = parts.dropLast().joined(separator: "/")
        let name = parts.last.map(String.init) ?? ""
        let above = recipe.map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().deletingLastPathComponent().path
        }
        let bases = [folder.isEmpty ? "." : folder] + (above.map { [$0 + "/" + folder] } ?? [])
        for base in pattern.hasPrefix("/") ? [folder] : bases {
            let names =
                (try? FileManager.default.contentsOfDirectory(atPath: base.isEmpty ? "/" : base)) ?? []
            // A file with the name itself is meant, such as data[1].csv.
            let found = names.contains(name) ? [name] : names.filter { fits($0[...], name[...]) }.sorted()
            if !found.isEmpty { return found.map { base == "." ? $0 : base + "/" + $0 } }
        }
        return []
    }

    private static func fits(_ name: Substring, _ pattern: Substring) -> Bool {
        guard let sign = pattern.first else { return name.isEmpty }
        if sign == "*" {
            let rest = pattern.dropFirst()
            return name.indices.contains { fits(name[$0...], rest) } || fits(name[name.endIndex...], rest)
        }
        guard let first = name.first else { return false }
        if sign == "[", let end = pattern.dropFirst(2).firstIndex(of: "]") {
            return pattern[pattern.index(after: pattern.startIndex)..<end].contains(first)
                && fits(name.dropFirst(), pattern[pattern.index(after: end)...])
        }
        return (sign == "?" || first == sign) && fits(name.dropFirst(), pattern.dropFirst())
    }
}
