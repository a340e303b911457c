import Base

// Options of a column that would have no effect: they are refused.
extension ColumnRecipe {
    /// Throws for options that contradict each other, whatever the data are.
    func checkOptions(_ name: String, file: String) throws(CellarError) {
        func wrong(_ message: String, _ remedy: String) -> CellarError {
            CellarError(.badData, "\(name): \(message)", file: file, line: line, remedy: remedy)
        }
        try refuseOptions(ofOthersThan: kind, name, file: file)
        if dimension != nil, let encoding, encoding != .embedding {
            throw wrong("dimension is for encode: embedding.", "Remove one of the two.")
        }
        if unknown == .bucket, encoding == .embedding {
            throw wrong(
                "an embedding has a vector for unknown values in any case.", "Remove unknown: bucket.")
        }
        if unknown == .error, rare ?? 1 > 1 {
            throw wrong(
                "rare values share a column with unknown ones, which unknown: error refuses.",
                "Remove rare or unknown.")
        }
        if let parts {
            guard !parts.isEmpty, Set(parts).count == parts.count else {
                throw wrong(
                    "parts names each part of a date once.", "For example parts: [year, month, weekday].")
            }
            if keys.contains("cyclic"), !parts.contains(where: { [.month, .weekday, .hour].contains($0) }) {
                throw wrong("cyclic is for month, weekday and hour.", "Remove it.")
            }
        }
    }

    /// True for an entry that only says how numbers are written, which a target may have, too.
    var onlyDescribesNumbers: Bool {
        writing != nil && kind ?? .number == .number
            && keys.allSatisfy { ["kind", "unit", "form", "decimal", "thousands"].contains($0) }
    }

    /// Throws for options that a column of that kind does not have.
    ///
    /// - kind: Nil if it is not known yet.
    func refuseOptions(ofOthersThan kind: Kind?, _ name: String, file: String) throws(CellarError) {
        guard let kind else { return }
        let own: [String] =
            switch kind {
            case .number: ["impute", "indicator", "scale", "unit", "form", "decimal", "thousands"]
            case .boolean: ["impute", "indicator"]
            case .category: ["impute", "encode", "dimension", "rare", "unknown"]
            case .date: ["parts", "cyclic", "order", "indicator"]
            case .text: ["encode", "max_tokens", "ngrams"]
            case .ignore: []
            }
        guard let key = keys.first(where: { $0 != "kind" && !own.contains($0) }) else { return }
        throw CellarError(
            .badData, "\(name): \(key) has no meaning for a \(kind.rawValue).", file: file, line: line,
            remedy: self.kind == nil
                ? "The column was guessed to be a \(kind.rawValue). Write its kind, or remove \(key)."
                : "Remove \(key), or write another kind.")
    }
}
