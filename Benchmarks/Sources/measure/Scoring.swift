import Foundation

/// The real wine rows, over and over, without their label: the table that the peers score too.
func writeWine(rows: Int, to path: String) throws {
    let text = try String(contentsOfFile: "data/wine.csv", encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map { line -> Substring in
        line.lastIndex(of: ",").map { line[..<$0] } ?? line
    }
    let body = lines.dropFirst()
    let all = Data((body.joined(separator: "\n") + "\n").utf8)
    let part = Data(body.prefix(rows % body.count).map { String($0) + "\n" }.joined().utf8)
    try Data((lines[0] + "\n").utf8).write(to: URL(fileURLWithPath: path))
    guard let file = FileHandle(forWritingAtPath: path) else { return }
    try file.seekToEnd()
    for _ in 0..<rows / body.count { try file.write(contentsOf: all) }
    try file.write(contentsOf: part)
    try file.close()
}

/// `infer score` as a whole process: file to file, and standard input to standard output through two pipes.
func measureScoring(_ options: Options) throws {
    try options.withFolder { folder in
        // As many rows as the peers have: a thousand times the file.
        let rows = 1_599_000
        let (table, scored) = (folder + "/wine.csv", folder + "/scored.csv")
        try writeWine(rows: rows, to: table)
        let command = [options.command("infer"), "score"]
        let plain = runs(options.runs, of: command + [table, "--model", "wine", "-o", scored])
        report(
            "score 1.6 M rows: Cellar", seconds: plain.seconds, items: rows, peakBytes: plain.peakBytes,
            allowedBytes: 64 << 20)
        let pipe = "cat '\(table)' | '\(command[0])' score - --model wine | cat > '\(scored)'"
        let piped = runs(options.runs, of: ["/bin/sh", "-c", pipe])
        report(
            "score 1.6 M rows, through pipes: Cellar", seconds: piped.seconds, items: rows,
            peakBytes: piped.peakBytes, allowedBytes: 64 << 20)
        guard !options.isQuick else { return }
        try writeWine(rows: rows * 10, to: table)
        let long = runs(1, of: command + [table, "--model", "wine", "-o", scored])
        report(
            "score 16 M rows: Cellar", seconds: long.seconds, items: rows * 10, peakBytes: long.peakBytes,
            allowedBytes: 64 << 20)
    }
}
