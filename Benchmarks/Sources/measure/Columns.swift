import Foundation

private let categoryWords: [(name: String, count: Int)] = [
    ("city", 4), ("kind ", 7), ("plan-", 3), ("grp", 12), ("s", 2), ("region_", 20),
]

/// A row of 8 numbers and 6 categories, the same as in `columns_score.py`.
private func row(_ index: Int) -> String {
    let hash = (index * 2_654_435_761) % (1 << 32)
    func take(_ part: Int) -> Int { hash >> (3 * part) & 1023 }
    func text(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
    let numbers = [
        text(Double(take(0)) / 10, 2), text(Double(take(1)) / 500 - 1, 4), "\(18 + take(2) % 72)",
        text(Double(500 + take(3)), 1), text(Double(take(4)) / 1024, 3), "\(take(5))",
        text(Double(take(6)) / 100 - 10, 2), text(Double(take(7)) / 113, 1),
    ]
    let categories = categoryWords.indices.map {
        "\(categoryWords[$0].name)\(take($0) % categoryWords[$0].count)"
    }
    return (numbers + categories).joined(separator: ",")
}

/// `infer score` on a table of numbers and categories, as a whole process, with the preparation inside the model.
func measureColumns(_ options: Options) throws {
    try options.withFolder { folder in
        let rows = 1_000_000
        let names = ((0..<8).map { "n\($0)" } + (0..<6).map { "c\($0)" }).joined(separator: ",")
        let block = (0..<20_000).map(row)
        let (training, table, scored) = (folder + "/train.csv", folder + "/table.csv", folder + "/scored.csv")
        let labelled = block.prefix(4000).enumerated().map { $1 + ($0 % 3 == 0 ? ",yes" : ",no") }
        try (names + ",y\n" + labelled.joined(separator: "\n")).write(
            toFile: training, atomically: true, encoding: .utf8)
        // In pieces: a process that we start counts our own memory as its peak.
        let body = Data((block.joined(separator: "\n") + "\n").utf8)
        try Data((names + "\n").utf8).write(to: URL(fileURLWithPath: table))
        guard let file = FileHandle(forWritingAtPath: table) else { return }
        try file.seekToEnd()
        for _ in 0..<rows / block.count { try file.write(contentsOf: body) }
        try file.close()
        let recipe = folder + "/recipe.yaml"
        let kinds =
            ((0..<8).map { "n\($0): number" } + (0..<6).map { "c\($0): category" }).joined(separator: ", ")
        try """
        name: mixed
        data: { csv: \(training), target: y, columns: { \(kinds) } }
        model: [{ Dense: { units: 64, activation: relu } }, { Dense: { units: 32, activation: relu } }, { Dense: { units: 1, activation: sigmoid } }]
        compile: { optimizer: adam, loss: binary_crossentropy }
        fit: { epochs: 1, seed: 1 }
        """.write(toFile: recipe, atomically: true, encoding: .utf8)
        _ = run([options.command("trainer"), "fit", recipe, "-q", "--store", folder + "/store"])
        let found = runs(
            options.runs,
            of: [
                options.command("infer"), "score", table, "-m", "mixed", "-o", scored, "--force", "--store",
                folder + "/store",
            ])
        report(
            "score 1 M rows of 8 numbers and 6 categories: Cellar", seconds: found.seconds, items: rows,
            peakBytes: found.peakBytes, allowedBytes: 64 << 20)
    }
}
