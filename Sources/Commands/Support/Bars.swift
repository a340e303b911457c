import Base

/// Probabilities as small bars.
public enum Bars {
    /// A bar for a share of `width` columns, in eighths of a column where the terminal can show them.
    public static func bar(_ share: Double, width: Int, isUnicode: Bool) -> String {
        let share = share.isFinite ? max(0, min(1, share)) : 0
        guard isUnicode else { return String(repeating: "#", count: Int((share * Double(width)).rounded())) }
        let eighths = Int((share * Double(width) * 8).rounded())
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }

    /// A curve in one line: each column is the mean of its part of the values. Parts that are not all numbers are a `×`.
    public static func curve(_ values: [Double], width: Int) -> String {
        let columns = min(width, values.count)
        let means = (0..<max(columns, 0)).map { column -> Double in
            let part = values[column * values.count / columns..<(column + 1) * values.count / columns]
            return part.reduce(0) { $0 + $1 / Double(part.count) }
        }
        let usable = means.filter(\.isFinite)
        guard let low = usable.min(), let high = usable.max() else {
            return String(repeating: "×", count: columns)
        }
        let levels = Array("▁▂▃▄▅▆▇█")
        return String(
            means.map { mean in
                guard mean.isFinite else { return "×" }
                // A flat curve is low, not high.
                let share = high > low ? mean / (high - low) - low / (high - low) : 0
                return levels[max(0, min(7, Int((share * 7).rounded())))]
            })
    }

    /// One line a class: name, percentage, bar; the likeliest in bold.
    public static func text(
        _ probabilities: [(name: String, probability: Double)], width: Int = 30, terminal: Terminal = .output
    ) -> String {
        let names = probabilities.map { printable($0.name) }
        let side = names.map(textWidth).max() ?? 0
        let best = probabilities.indices.max { probabilities[$0].probability < probabilities[$1].probability }
        return probabilities.indices.map { i in
            let share = (probabilities[i].probability * 100).fixed(1)
            let line =
                String(repeating: " ", count: side - textWidth(names[i])) + names[i]
                + String(repeating: " ", count: max(0, 6 - share.utf8.count)) + share + " %"
            let bar = bar(probabilities[i].probability, width: width, isUnicode: terminal.isUnicode)
            return (i == best ? terminal.bold(line) : line) + (bar.isEmpty ? "" : " " + bar) + "\n"
        }.joined()
    }
}
