import Base
import Datasets
import Glibc
import Network
import Tensors

extension TablePreparation {
    /// A boolean in words: one number, 1 for yes, and with an indicator another, 1 for a missing value. Other words are
    /// refused, and so are missing ones where no row has any.
    static func yesNo(
        _ column: TableColumn, _ pair: YesNo, _ input: Int, _ rows: [Int], _ graph: inout PreparationGraph
    ) throws(CellarError) -> Int {
        let (no, yes) = pair.all
        let numbers = (0..<column.texts.count).map { row -> Double in
            if column.isMissing(row) { return .nan }
            return pair.yes.contains { column.texts[row].elementsEqual($0.utf8) } ? 1 : 0
        }
        let recipe = column.recipe
        let isFlagged = recipe.indicator ?? false
        let takesMissing = isFlagged || recipe.impute != nil || numbers.contains(where: \.isNaN)
        func row(_ number: Float, missing: Float = 0) -> [Float] {
            isFlagged ? [number, missing] : [number]
        }
        let index = graph.add(
            StringLookup(
                vocabulary: (takesMissing ? [""] : []) + no + yes, hasUnknown: false, name: ""),
            column.name + "_index", [input])
        return try graph.lookedUp(
            index,
            in: (takesMissing ? [row(Float(fill(column, numbers, rows)), missing: 1)] : [])
                + no.map { _ in row(0) } + yes.map { _ in row(1) },
            column.name + "_yes")
    }

    /// A category: its index in a vocabulary, and the row with that index of a table, which is fixed (one-hot) or
    /// trained (embedding). Index 0 is of unknown values.
    static func category(
        _ column: TableColumn, _ input: Int, _ rows: [Int], _ used: [Int], _ graph: inout PreparationGraph,
        _ file: String
    ) throws(CellarError) -> Int {
        let found = CategoryCounts(column, rows)
        if column.recipe.unknown == .error { try found.refuseUnknown(column, used, file) }
        var (input, words) = (input, found.values)
        var aliases: [Int: Int] = [:]
        // A missing value is a category of its own, unless it is to be replaced by the most frequent one.
        if let impute = column.recipe.impute {
            guard impute == .mostFrequent else {
                throw CellarError(
                    .badData, file: file, column: column.name,
                    expected: "impute: most_frequent for a category",
                    found: "another", fix: "Leave it out: a missing value is then a category of its own.")
            }
        }
        let least = column.recipe.rare ?? 1
        guard !words.isEmpty else {
            throw CellarError(
                .badData, file: file, column: column.name, expected: "values in the training rows",
                found: "none", fix: "Leave the column out (`\(column.name): ignore`).")
        }
        if column.recipe.impute == .mostFrequent, let missing = words.firstIndex(where: \.isMissing),
            let best = words.indices.filter({ !words[$0].isMissing }).max(by: {
                (words[$0].count, $1) < (words[$1].count, $0)
            })
        {
            aliases[missing] = best
        }
        // Rare ones are not in the vocabulary: they are looked up as unknown ones are.
        let kept = words.indices.filter { words[$0].count >= least || aliases[$0] != nil }
        guard !kept.isEmpty else {
            throw CellarError(
                .badData, file: file, column: column.name,
                expected: "values of at least \(least) training rows, as the recipe has rare: \(least)",
                found: "none among \(words.count)",
                fix: "Write a smaller number, or leave the column out (`\(column.name): ignore`).")
        }
        let hasRare = kept.count < words.count
        let unknown = column.recipe.unknown ?? .ignore
        let vocabulary = kept.map { words[$0] }
        let name = column.name
        let columnsOfKept = kept.filter { aliases[$0] == nil }
        if !column.isText {
            // A missing number cannot be looked up; a whole number that no row has stands for it.
            let fill = CategoryCounts.missingNumber
            if words.contains(where: \.isMissing) {
                input = try graph.filled(input, with: [Double(fill)], name).filled
            }
            words = words.map {
                $0.isMissing ? .init(text: "", number: fill, count: $0.count, isMissing: true) : $0
            }
        }
        let numbers = vocabulary.map { $0.isMissing ? CategoryCounts.missingNumber : $0.number }
        let index = graph.add(
            column.isText
                ? StringLookup(vocabulary: vocabulary.map(\.text), hasUnknown: unknown != .error, name: "")
                : try LayerTable.make(
                    className: "IntegerLookup",
                    config: [
                        "vocabulary": .array(numbers.map { .integer($0) }), "output_mode": "int",
                        "num_oov_indices": unknown == .error ? 0 : 1,
                        "oov_token": .integer(CategoryCounts.missingNumber - 1),
                    ]), name + "_index", [input])
        let offset = unknown == .error ? 0 : 1
        let encoding =
            column.recipe.encoding
            ?? (column.recipe.dimension != nil || columnsOfKept.count > 40 ? .embedding : .oneHot)
        guard encoding == .embedding || encoding == .oneHot else {
            throw column.refusing(encoding, as: "category", expected: "one_hot or embedding")
        }
        if encoding == .embedding {
            guard unknown != .bucket else {
                throw CellarError(
                    .badData,
                    "its \(columnsOfKept.count) values get an embedding, which has a vector for unknown ones in any case.",
                    file: file, column: name,
                    remedy: "Remove unknown: bucket, or write encode: one_hot.")
            }
            let size = kept.count + offset
            let dimension =
                column.recipe.dimension ?? max(2, min(50, Int(1.6 * pow(Double(size), 0.56))))
            let vector = graph.add(
                Embedding(inputSize: size, outputSize: dimension), name + "_embedding", [index])
            return try graph.reshaped(vector, to: [dimension], name + "_vector")
        }
        let hasBucket = unknown == .bucket || hasRare
        let width = columnsOfKept.count + (hasBucket ? 1 : 0)
        var place: [Int: Int] = [:]
        for (number, word) in columnsOfKept.enumerated() { place[word] = number }
        var table: [[Float]] = []
        func row(_ one: Int?) -> [Float] {
            var row = [Float](repeating: 0, count: width)
            if let one { row[one] = 1 }
            return row
        }
        if offset == 1 { table.append(row(hasBucket ? width - 1 : nil)) }
        // The most frequent value may itself be rare.
        for word in kept { table.append(row(place[aliases[word] ?? word] ?? (hasBucket ? width - 1 : nil))) }
        return try graph.lookedUp(index, in: table, name + "_one_hot")
    }
}

/// The values of a category in the training rows, sorted, with their counts.
struct CategoryCounts {
    struct Value {
        var text: String
        var number: Int
        var count: Int
        var isMissing: Bool
    }
    private(set) var values: [Value] = []
    /// Stands for a missing value among whole numbers: beyond those that a category has, and refused in a table.
    static let missingNumber = -0xFF_FFFF

    init(_ column: TableColumn, _ rows: [Int]) {
        if column.isText {
            var counts: [[UInt8]: Int] = [:]
            for row in rows { counts[Array(column.texts[row]), default: 0] += 1 }
            values = counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
                Value(
                    text: String(decoding: $0.key, as: UTF8.self), number: 0, count: $0.value,
                    isMissing: $0.key.isEmpty)
            }
            return
        }
        var counts: [Int: Int] = [:]
        var missing = 0
        for row in rows {
            if column.numbers[row].isNaN {
                missing += 1
            } else {
                counts[Int(column.numbers[row]), default: 0] += 1
            }
        }
        values = counts.sorted { $0.key < $1.key }.map {
            Value(text: "", number: $0.key, count: $0.value, isMissing: false)
        }
        // scikit-learn sorts a missing number behind all others.
        if missing > 0 {
            values.append(Value(text: "", number: Self.missingNumber, count: missing, isMissing: true))
        }
    }
    /// Throws for the first value that no training row has.
    func refuseUnknown(_ column: TableColumn, _ rows: [Int], _ file: String) throws(CellarError) {
        let texts = Set(column.isText ? values.map { Array($0.text.utf8) } : [])
        let numbers = Set(values.filter { !$0.isMissing }.map { Double($0.number) })
        let hasMissing = values.contains(where: \.isMissing)
        func isKnown(_ row: Int) -> Bool {
            if column.isText { return texts.contains(Array(column.texts[row])) }
            return column.isMissing(row) ? hasMissing : numbers.contains(column.numbers[row])
        }
        guard let row = rows.first(where: { !isKnown($0) }) else { return }
        let found =
            column.isMissing(row)
            ? "a missing value"
            : "\"\(column.isText ? String(decoding: column.texts[row].prefix(60), as: UTF8.self) : "\(Int(column.numbers[row]))")\""
        throw CellarError(
            .badData, file: file, row: row + 1, column: column.name,
            expected: "one of the values of the training rows, as the recipe has unknown: error",
            found: found, fix: "Correct it, or write unknown: ignore.")
    }
}
