import Base
import Glibc
import Network
import Tensors
import Yams

/// The values that a sweep tries at each path.
struct SweepValues {
    enum Choice {
        case list([JSON])
        case range(low: Double, high: Double, isLogarithmic: Bool)
        /// A whole number; `low` and `high` are whole too, and both are tried.
        case wholeRange(low: Double, high: Double, isLogarithmic: Bool)
    }

    private let paths: [(path: String, choice: Choice)]
    private let section: RecipeSection

    init(_ top: inout RecipeSection) throws(CellarError) {
        guard let node = top.node("set"), let mapping = node.mapping, !mapping.isEmpty else {
            throw top.error(
                "set is missing: the values to try, such as fit.batch_size: [16, 32].", key: "set")
        }
        section = try RecipeSection(node, title: "set", file: top.file)
        var paths: [(String, Choice)] = []
        for (key, value) in mapping {
            let path = try RecipeValues(file: top.file).key(key)
            paths.append((path, try SweepValues.choice(path, value, section)))
        }
        self.paths = paths
    }

    private static func choice(
        _ path: String, _ node: Node, _ section: RecipeSection
    ) throws(CellarError) -> Choice {
        var reader = RecipeValues(file: section.file)
        let value = try reader.value(node)
        if let list = value.array {
            guard !list.isEmpty else { throw section.error("the list is empty.", key: path) }
            return .list(list)
        }
        guard value.object != nil else { return .list([value]) }
        var part = try RecipeSection(node, title: path, file: section.file)
        let choice = try part.read { (options) throws(CellarError) -> Choice in
            options.object["from"] == nil ? try range(&options) : .list(try wholeNumbers(&options))
        }
        try part.rejectUnknownKeys()
        return choice
    }

    /// Reads `{ from: 1, to: 9, step: 2 }`.
    private static func wholeNumbers(_ options: inout LayerConfig) throws(CellarError) -> [JSON] {
        let numbers = -largestWhole...largestWhole
        let (from, to) = (try options.int("from", in: numbers), try options.int("to", in: numbers))
        let step = try options.int("step", default: 1, in: 1...1_000_000_000)
        guard from <= to else { throw options.error("from must not be larger than to", key: "from") }
        let count = (to - from) / step + 1
        guard count <= SweepPlan.mostTrials else {
            throw options.error(
                "from \(from) to \(to) are \(count) values; expected at most \(SweepPlan.mostTrials)",
                key: "to")
        }
        return stride(from: from, through: to, by: step).map { .integer($0) }
    }

    /// Reads `{ low: 1e-4, high: 1e-1, log: true }` or `{ low: 8, high: 64, whole: true }`.
    private static func range(_ options: inout LayerConfig) throws(CellarError) -> Choice {
        let (low, high) = (try options.double("low"), try options.double("high"))
        let isLogarithmic = try options.bool("log", default: false)
        let isWhole = try options.bool("whole", default: false)
        guard low.isFinite, high.isFinite, low < high else {
            throw options.error("low must be smaller than high", key: "low")
        }
        guard !isLogarithmic || low > 0 else {
            throw options.error("low must be above 0 with log: true", key: "low")
        }
        guard isLogarithmic || (high - low).isFinite else {
            throw options.error("low and high are too far apart", key: "low")
        }
        guard isWhole else { return .range(low: low, high: high, isLogarithmic: isLogarithmic) }
        let (first, last) = (low.rounded(.up), high.rounded(.down))
        guard max(abs(first), abs(last)) <= Double(largestWhole) else {
            throw options.error(
                "low and high must be from -\(largestWhole) to \(largestWhole) with whole: true", key: "low")
        }
        guard first <= last else {
            throw options.error("no whole number is from low to high", key: "low")
        }
        return .wholeRange(low: first, high: last, isLogarithmic: isLogarithmic)
    }

    /// All whole numbers up to it are exact as floating-point numbers, and their differences too.
    private static let largestWhole = 1 << 51

    /// All combinations; the last path changes fastest.
    func grid() throws(CellarError) -> [[RecipeChange]] {
        var all: [[RecipeChange]] = [[]]
        for (path, choice) in paths {
            guard case .list(let values) = choice else {
                throw section.error(
                    "a grid needs a list of values, or { from, to, step }.", key: path,
                    remedy: "Use method: random with trials for a range.")
            }
            guard all.count * values.count <= SweepPlan.mostTrials else {
                throw section.error("the grid has more than \(SweepPlan.mostTrials) trials.", key: path)
            }
            all = all.flatMap { trial in values.map { trial + [RecipeChange(path, $0)] } }
        }
        return all
    }

    /// Combinations drawn at random, the same ones for the same seed.
    func random(_ count: Int, seed: Int) -> [[RecipeChange]] {
        var numbers = RandomNumbers(seed: seed)
        return (0..<count).map { _ in
            paths.map { path, choice in RecipeChange(path, choice.value(at: numbers.uniform())) }
        }
    }
}

extension SweepValues.Choice {
    /// The value at a place in [0, 1) of the choice's range.
    fileprivate func value(at place: Double) -> JSON {
        switch self {
        case .list(let values): values[Int(place * Double(values.count))]
        case .range(let low, let high, isLogarithmic: true):
            // Rounding may lead out of the range.
            .number(min(max(exp(log(low) + place * (log(high) - log(low))), low), high))
        case .range(let low, let high, isLogarithmic: false):
            .number(min(low + place * (high - low), high))
        case .wholeRange(let low, let high, isLogarithmic: true):
            .integer(Int(min(max(exp(log(low) + place * (log(high) - log(low))).rounded(), low), high)))
        case .wholeRange(let low, let high, isLogarithmic: false):
            .integer(Int(min((low + place * (high - low + 1)).rounded(.down), high)))
        }
    }
}
