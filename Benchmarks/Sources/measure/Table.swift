import Foundation

/// One target of the table: what we measured against what a peer did.
struct Target {
    let work: String
    let ours: String
    var peers: [String] = []
    let meaning: Meaning

    enum Meaning {
        /// Our time is to be at most so many times the fastest peer's.
        case share(Double)
        /// We are to be at least so many times as fast as the fastest peer.
        case times(Double)
        /// Seconds at most, whatever others need.
        case seconds(Double)
        /// The record says how much memory is allowed.
        case memory
    }
}

private let sgd = "mnist epoch, SGD, batch 32: "
private let adam = "mnist-bn epoch, Adam, batch 64: "

let targets: [Target] = [
    Target(
        work: "epoch, SGD, batch 32", ours: sgd + "Cellar", peers: [sgd + "dense floor"],
        meaning: .share(0.70)),
    Target(
        work: "", ours: sgd + "Cellar", peers: [sgd + "JAX, with validation", sgd + "JAX"],
        meaning: .times(1.5)),
    Target(work: "", ours: sgd + "Cellar", peers: [sgd + "PyTorch"], meaning: .times(5)),
    Target(work: "", ours: sgd + "Cellar", peers: [sgd + "Keras"], meaning: .times(9)),
    Target(
        work: "epoch, BatchNormalization, Adam, batch 64", ours: adam + "Cellar",
        peers: [adam + "dense floor"],
        meaning: .share(0.90)),
    Target(work: "", ours: adam + "Cellar", peers: [adam + "PyTorch"], meaning: .times(3)),
    Target(work: "", ours: adam + "Cellar", peers: [adam + "Keras"], meaning: .times(7)),
    Target(
        work: "LeNet epoch, Adam, batch 64, one thread",
        ours: "LeNet epoch, Adam, batch 64, one thread: Cellar",
        peers: ["LeNet epoch, Adam, batch 64, one thread: PyTorch"], meaning: .times(1)),
    Target(
        work: "LeNet, 10,000 images, one thread", ours: "LeNet, 10,000 images, one thread: Cellar",
        peers: [
            "LeNet, 10,000 images, one thread: ONNX Runtime", "LeNet, 10,000 images, one thread: PyTorch",
        ], meaning: .times(1)),
    Target(
        work: "", ours: "LeNet, 10,000 images, one thread: Cellar",
        peers: ["LeNet, 10,000 images, one thread: im2col, Eigen"], meaning: .times(1)),
    Target(
        work: "LeNet, one image", ours: "LeNet, one image: Cellar",
        peers: ["LeNet, one image: ONNX Runtime", "LeNet, one image: PyTorch"], meaning: .times(1)),
    Target(
        work: "", ours: "LeNet, one image: Cellar", peers: ["LeNet, one image: im2col, Eigen"],
        meaning: .times(1)),
    Target(
        work: "wine recipe, 40 epochs", ours: "wine recipe, 40 epochs: Cellar",
        peers: ["wine recipe, 40 epochs: Keras"],
        meaning: .times(50)),
    Target(
        work: "10,000 images, probabilities", ours: "10,000 images, probabilities: Cellar",
        peers: ["10,000 images, probabilities: ONNX Runtime", "10,000 images, probabilities: PyTorch"],
        meaning: .times(1.3)),
    Target(work: "one image, model loaded", ours: "one image: Cellar", peers: [], meaning: .seconds(8e-6)),
    Target(
        work: "", ours: "one image: Cellar", peers: ["one image: ONNX Runtime", "one image: PyTorch"],
        meaning: .times(1)),
    Target(
        work: "  a tensor as result", ours: "one image, a tensor as result: Cellar", peers: [],
        meaning: .seconds(8e-6)),
    Target(
        work: "score 1.6 M rows, file to file", ours: "score 1.6 M rows: Cellar",
        peers: ["score 1.6 M rows: polars + ONNX Runtime"], meaning: .times(2.5)),
    Target(
        work: "", ours: "score 1.6 M rows: Cellar", peers: ["score 1.6 M rows: pandas + ONNX Runtime"],
        meaning: .times(1)),
    Target(
        work: "  (DuckDB only parses)", ours: "score 1.6 M rows: Cellar", peers: ["parse 1.6 M rows: DuckDB"],
        meaning: .times(1)),
    Target(work: "  memory", ours: "score 1.6 M rows: Cellar", meaning: .memory),
    Target(work: "  memory, 16 M rows", ours: "score 16 M rows: Cellar", meaning: .memory),
    Target(
        work: "  through pipes", ours: "score 1.6 M rows, through pipes: Cellar",
        peers: ["score 1.6 M rows: polars + ONNX Runtime"], meaning: .times(2.5)),
    Target(
        work: "score 1 M rows, 8 numbers, 6 categories",
        ours: "score 1 M rows of 8 numbers and 6 categories: Cellar",
        peers: ["score 1 M rows of 8 numbers and 6 categories: polars + ONNX Runtime"], meaning: .times(2.5)),
    Target(
        work: "  memory", ours: "score 1 M rows of 8 numbers and 6 categories: Cellar", meaning: .memory),
    Target(
        work: "infer digit.png, cold process, mnist:1", ours: "infer digit.png: Cellar, mnist:1",
        peers: ["infer digit.png: static C floor"], meaning: .share(2)),
    Target(
        work: "  the default model, a convolutional one", ours: "infer digit.png: Cellar",
        meaning: .seconds(0.008)),
    Target(
        work: "registry list, 10,000 versions", ours: "registry list, 10000 versions: Cellar",
        meaning: .seconds(0.025)),
    Target(
        work: "registry compare, 10,000 versions", ours: "registry compare, 10000 versions: Cellar",
        meaning: .seconds(0.025)),
    Target(
        work: "registry list, 100,000 versions", ours: "registry list, 100000 versions: Cellar",
        meaning: .seconds(0.060)),
    Target(
        work: "registry compare, 100,000 versions", ours: "registry compare, 100000 versions: Cellar",
        meaning: .seconds(0.060)),
    Target(
        work: "registering, 30 epochs of 4 metrics, flushed", ours: "register a version: Cellar",
        peers: ["register a version: MLflow on SQLite"], meaning: .times(50)),
    Target(
        work: "", ours: "register a version: Cellar", peers: ["register a version: Trackio"],
        meaning: .times(10)),
    Target(
        work: "  not flushed", ours: "register a version: Cellar, not flushed",
        peers: ["register a version: MLflow on SQLite"], meaning: .times(50)),
    Target(
        work: "", ours: "register a version: Cellar, not flushed", peers: ["register a version: Trackio"],
        meaning: .times(10)),
    Target(
        work: "classification report, 10 M labels", ours: "classification report, 10 M labels: Cellar",
        peers: ["classification report, 10 M labels: scikit-learn"], meaning: .times(20)),
    Target(work: "memory of a training run", ours: "memory of a training run: Cellar", meaning: .memory),
]

/// What was measured, by name. A name that comes twice was measured before and after its peers: the runs are pooled.
struct Records {
    private(set) var all: [String: Record] = [:]

    init(path: String) throws {
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            var record = try JSONDecoder().decode(Record.self, from: Data(line.utf8))
            if let before = all[record.name] {
                let items = record.rate.map { $0 * record.seconds }
                record.times += before.times
                record.seconds = median(record.times)
                record.samples = record.times.count
                record.rate = items.map { $0 / record.seconds }
                record.peakBytes = [record.peakBytes, before.peakBytes].compactMap { $0 }.max()
                if before.setting != record.setting {
                    record.setting = [before.setting, record.setting].compactMap { $0 }.joined(
                        separator: "; ")
                }
            }
            all[record.name] = record
        }
    }

    subscript(name: String) -> Record? { all[name] }

    /// The fastest of those that were measured, per thing done: peers may do other numbers of things.
    func fastest(_ names: [String]) -> Record? {
        names.compactMap { all[$0] }.min { $0.secondsEach < $1.secondsEach }
    }
}

extension Record {
    var secondsEach: Double { rate.map { 1 / $0 } ?? seconds }
}

/// Prints the table, and writes it with the machine's facts, every record and the curves as Markdown.
func writeTable(records path: String, facts: String, to output: String) throws {
    let records = try Records(path: path)
    var rows = [["work", "Cellar", "peer", "", "ratio", "target", ""]]
    for target in targets { rows.append(line(target, records)) }
    let table = markdown(rows)
    print(table)
    var text = """
        # Results

        `make bench` writes this file; every number in it is from one run on one machine. "met" and "not met" compare
        medians with the targets; "not measured" means that the peer did not run here.

        \(try String(contentsOfFile: facts, encoding: .utf8))
        ## Against the targets

        \(table)

        A ratio "× peer's time" is our time over the peer's, and should be small; "× as fast" should be large. Both
        sides may use as many threads as there are processors, and use as many as serve them best.


        """
    // A run of some of the work has no curves.
    let panels = panels(records)
    if !panels.isEmpty {
        text += """
            ## How times grow

            ![What is done in a second: the tables below as curves](curves.svg)


            """
        text += curves(records)
    }
    text += "## Every measurement\n\n" + markdown(everything(records)) + "\n"
    try text.write(toFile: output, atomically: true, encoding: .utf8)
    guard !panels.isEmpty else { return }
    let picture = URL(fileURLWithPath: output).deletingLastPathComponent().appendingPathComponent(
        "curves.svg")
    try chart(panels).write(to: picture, atomically: true, encoding: .utf8)
}

private func line(_ target: Target, _ records: Records) -> [String] {
    guard let ours = records[target.ours] else { return [target.work, "", "", "", "", "", "not measured"] }
    func verdict(_ isMet: Bool) -> String { isMet ? "met" : "**not met**" }
    switch target.meaning {
    case .seconds(let most):
        return [
            target.work, time(ours.secondsEach), "", "", "", "≤ \(time(most))",
            verdict(ours.secondsEach <= most),
        ]
    case .memory:
        guard let peak = ours.peakBytes, let most = ours.allowedBytes else { break }
        return [target.work, mebibytes(peak), "", "", "", "≤ \(mebibytes(most))", verdict(peak <= most)]
    case .share(let most):
        guard let peer = records.fastest(target.peers) else { break }
        let ratio = ours.secondsEach / peer.secondsEach
        return [
            target.work, ours.shown, peer.shortName, peer.shown,
            "\(digits(ratio)) × peer's time", "≤ \(digits(most))", verdict(ratio <= most),
        ]
    case .times(let least):
        guard let peer = records.fastest(target.peers) else { break }
        let ratio = peer.secondsEach / ours.secondsEach
        return [
            target.work, ours.shown, peer.shortName, peer.shown,
            "\(digits(ratio)) × as fast", "≥ \(digits(least))", verdict(ratio >= least),
        ]
    }
    return [target.work, ours.shown, "", "", "", "", "not measured"]
}

extension Record {
    /// How fast: a rate where things were counted, else a time.
    fileprivate var shown: String { rate.map { "\(count($0))/s" } ?? time(seconds) }

    fileprivate var shortName: String { name.split(separator: ": ").last.map(String.init) ?? name }
}

private func everything(_ records: Records) -> [[String]] {
    let header = ["measurement", "median", "a second", "runs", "spread", "peak memory", "setting"]
    return [header]
        + records.all.values.filter { !$0.name.hasPrefix("curve ") }.sorted { $0.name < $1.name }.map {
            record in
            let (least, most) = (record.times.min() ?? record.seconds, record.times.max() ?? record.seconds)
            return [
                record.name, time(record.seconds), record.rate.map(count) ?? "", "\(record.samples)",
                "\(time(least)) – \(time(most))", record.peakBytes.map(mebibytes) ?? "", record.setting ?? "",
            ]
        }
}

/// The points of `curve NAME: POINT` records, by name.
private func pointsByCurve(_ records: Records) -> [(name: String, points: [Record])] {
    let points = records.all.values.filter { $0.name.hasPrefix("curve ") }
    let byCurve = Dictionary(grouping: points) { String($0.name.dropFirst(6).split(separator: ": ")[0]) }
    return byCurve.keys.sorted().map { name in
        let sorted = byCurve[name, default: []].sorted {
            $0.shortName.compare($1.shortName, options: .numeric) == .orderedAscending
        }
        return (name, sorted)
    }
}

/// A table for each curve.
private func curves(_ records: Records) -> String {
    pointsByCurve(records).map { name, rows in
        let hasPeak = rows.contains { $0.peakBytes != nil }
        let table = rows.map { record in
            [record.shortName, time(record.seconds), record.rate.map(count) ?? ""]
                + (hasPeak ? [record.peakBytes.map(mebibytes) ?? ""] : [])
        }
        let header = [name, "seconds", "a second"] + (hasPeak ? ["peak memory"] : [])
        return markdown([header] + table) + "\n\n"
    }.joined()
}

/// A panel for the curves that have the same beginning, as "density, training, …".
private func panels(_ records: Records) -> [(title: String, series: [Series])] {
    var panels: [(title: String, series: [Series])] = []
    for (name, points) in pointsByCurve(records) {
        let parts = name.components(separatedBy: ", ")
        let (title, own) = (parts[0], parts.dropFirst().joined(separator: ", "))
        let series = Series(name: own, points: points.map { ($0.shortName, $0.rate ?? 0) })
        if panels.last?.title == title {
            panels[panels.count - 1].series.append(series)
        } else {
            panels.append((title, [series]))
        }
    }
    return panels
}

private func markdown(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
        "| "
            + zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(
                separator: " | ") + " |"
    }
    let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
    return ([line(rows[0]), rule] + rows.dropFirst().map(line)).joined(separator: "\n")
}

private func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<1e-3: "\(digits(seconds * 1e6)) µs"
    case ..<1: "\(digits(seconds * 1e3)) ms"
    default: "\(digits(seconds)) s"
    }
}

private func mebibytes(_ bytes: Int) -> String { "\(digits(Double(bytes) / 1_048_576)) MiB" }

private func count(_ value: Double) -> String {
    switch value {
    case 1e6...: "\(digits(value / 1e6)) M"
    case 1e3...: "\(digits(value / 1e3)) k"
    default: digits(value)
    }
}

/// Three digits that count.
private func digits(_ value: Double) -> String {
    String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value)
}
