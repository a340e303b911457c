import Base
import Glibc
import Yams

/// The values that a sweep tries at each path.
struct SweepValues {
    enum Choice {
        case list([JSON])
        case range(low: Double, high: Double, isLogarithmic: Bool, isWhole: Bool)
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
            if options.object["from"] != nil {
                let from = try options.int("from")
                let to = try options.int("to")
                let step = try options.int("step", default: 1, in: 1...1_000_000_000)
                guard from <= to, (to - from) / step < SweepPlan.mostTrials else {
                    throw options.error("from must not be larger than to", key: "from")
                }
                return .list(stride(from: from, through: to, by: step).map { .integer($0) })
            }
            let (low, high) = (try options.double("low"), try options.double("high"))
            let isLogarithmic = try options.bool("log", default: false)
            let isWhole = try options.bool("whole", default: false)
            guard low.isFinite, high.isFinite, low < high, !isLogarithmic || low > 0,
                !isWhole || abs(low) < 1e15 && abs(high) < 1e15
            else { throw options.error("low must be smaller than high, and with log above 0", key: "low") }
            return .range(low: low, high: high, isLogarithmic: isLogarithmic, isWhole: isWhole)
        }
        try part.rejectUnknownKeys()
        return choice
    }

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
    func random(_ count: Int, seed: UInt64) -> [[RecipeChange]] {
        var numbers = SplitMix(state: seed)
        return (0..<count).map { _ in
            paths.map { path, choice in
                switch choice {
                case .list(let values):
                    return RecipeChange(path, values[Int(numbers.unit() * Double(values.count))])
                case .range(let low, let high, let isLogarithmic, let isWhole):
                    let part = numbers.unit()
                    let value =
                        isLogarithmic
                        ? exp(log(low) + part * (log(high) - log(low)))
                        : low + part * (high - low + (isWhole ? 1 : 0))
                    return RecipeChange(
                        path,
                        isWhole
                            ? .integer(
                                min(Int(value.rounded(isLogarithmic ? .toNearestOrEven : .down)), Int(high)))
                            : .number(value))
                }
            }
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
private struct SplitMix {
    var state: UInt64

    mutating func unit() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ z >> 31) >> 11) * 0x1p-53
    }
}
