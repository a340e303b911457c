import Base
import Glibc
import Network
import Tensors

extension TablePreparation {
    /// A text: a number for each of the most frequent words of the training rows.
    static func text(
        _ column: TableColumn, _ input: Int, _ rows: [Int], _ graph: inout PreparationGraph
    ) throws(CellarError) -> Int {
        let encoding = column.recipe.encoding ?? .multiHot
        guard [.multiHot, .count, .tfIdf].contains(encoding) else {
            throw column.refusing(encoding, as: "text", expected: "multi_hot, count or tf_idf")
        }
        var config: JSONObject = [
            "output_mode": encoding == .multiHot ? "multi_hot" : "count",
            "standardize": "lower_and_strip_punctuation", "split": "whitespace",
        ]
        if let ngrams = column.recipe.ngrams { config["ngrams"] = .integer(ngrams) }
        var plain = config
        (plain["output_mode"], plain["vocabulary"]) = ("count", ["a"])
        let words = try LayerTable.make(className: "TextVectorization", config: plain)
        var counts: [[UInt8]: (all: Int, rows: Int)] = [:]
        for row in rows {
            var seen: Set<[UInt8]> = []
            for token in words.textReader?.tokens(of: column.texts[row]) ?? [] {
                let isNew = seen.insert(token).inserted
                counts[token, default: (0, 0)].all += 1
                if isNew { counts[token, default: (0, 0)].rows += 1 }
            }
        }
        // As Keras' adapt sorts them: by their number, then from the last in the alphabet to the first.
        let sorted = counts.sorted { a, b in
            a.value.all != b.value.all ? a.value.all > b.value.all : b.key.lexicographicallyPrecedes(a.key)
        }
        let kept = sorted.prefix((column.recipe.maxTokens ?? 500) - 1)
        guard !kept.isEmpty else {
            throw CellarError(
                .badData, "\(column.name): the training rows have no words.",
                remedy: "Leave the column out (`\(column.name): ignore`).")
        }
        config["vocabulary"] = .array(kept.map { .string(String(decoding: $0.key, as: UTF8.self)) })
        let counted = graph.add(
            try LayerTable.make(className: "TextVectorization", config: config), column.name + "_words",
            [input])
        // Keras 3 takes the layer's shape for [1, words], which joins no other column.
        let wide = try graph.reshaped(counted, to: [kept.count + 1], column.name + "_counts")
        guard encoding == .tfIdf else { return wide }
        // Weights within the layer would be a variable, which Keras expects in the file's weights. Unknown words have their mean.
        let weights = kept.map { log(1 + Double(rows.count) / (1 + Double($0.value.rows))) }
        let mean = weights.reduce(0, +) / Double(weights.count)
        return graph.add(
            try graph.rescaling(scale: .array(([mean] + weights).map { .number($0) }), offset: .integer(0)),
            column.name + "_weighted", [wide])
    }
}

extension TableColumn {
    /// An error about an encoding that columns of this kind do not have.
    func refusing(
        _ encoding: ColumnRecipe.Encoding, as kind: String, expected: String
    ) -> CellarError {
        CellarError(
            .badData,
            "\(name): a \(kind) cannot be encoded as \(encoding.rawValue); expected \(expected).",
            remedy: "Change `encode`, or name another kind for the column.")
    }
}
