/// The number of samples of each class.
public struct ClassDistribution: Equatable, Sendable, CustomStringConvertible {
    public let classes: [String]
    /// One count per class.
    public let counts: [Int]

    /// `labels` are indices into `classes`.
    public init(classes: [String], labels: some Sequence<Int>) {
        var counts = [Int](repeating: 0, count: classes.count)
        for label in labels { counts[label] += 1 }
        (self.classes, self.counts) = (classes, counts)
    }

    public var total: Int { counts.reduce(0, +) }

    /// The largest count divided by the smallest; infinite if a class has no samples.
    public var ratio: Double {
        guard let largest = counts.max(), let smallest = counts.min() else { return 1 }
        return smallest == 0 ? .infinity : Double(largest) / Double(smallest)
    }

    /// True if the largest class has more than twice as many samples as the smallest.
    public var isImbalanced: Bool { ratio > 2 }

    /// One line per class with its share, then the assessment.
    public var description: String {
        let names = classes.map(\.count).max() ?? 0
        let digits = String(counts.max() ?? 0).count
        let lines = zip(classes, counts).map { name, count in
            let share = total == 0 ? 0 : 100 * Double(count) / Double(total)
            return "  \(padded(name, names))  \(paddedLeft(String(count), digits))  "
                + paddedLeft("\(decimal(share, places: 1)) %", 7)
        }
        let verdict =
            "\(isImbalanced ? "imbalanced" : "balanced"): largest to smallest class "
            + (ratio.isFinite ? decimal(ratio, places: 2) : "infinite (a class has no samples)")
            + (isImbalanced ? ", more than 2" : "")
        return (["classes:"] + lines + [verdict]).joined(separator: "\n")
    }
}

/// Formats a number with `places` decimal places.
func decimal(_ number: Double, places: Int) -> String {
    let factor = (0..<places).reduce(1) { product, _ in product * 10 }
    let scaled = Int((abs(number) * Double(factor)).rounded())
    let fraction = String(scaled % factor)
    let zeros = String(repeating: "0", count: places - fraction.count)
    return "\(number < 0 ? "-" : "")\(scaled / factor).\(zeros)\(fraction)"
}
