import Base

extension ConfusionMatrix {
    /// Formats a plain table: a row for each true class, a column for each predicted one. Of a matrix of more than
    /// `mostReadableClasses`, only the most frequent confusions.
    public func text(normalised normalisation: Normalisation? = nil, digits: Int = 3) -> String {
        if !isReadable { return confusionsText(digits: digits) }
        let cells = cellTexts(normalisation, digits: digits)
        let names = classes.map(printable)
        let corner = "truth \\ predicted"
        let side = max(corner.unicodeScalars.count, names.map(\.unicodeScalars.count).max() ?? 0)
        let widths = classes.indices.map { column in
            classes.indices.reduce(names[column].unicodeScalars.count) { max($0, cells[$1][column].count) }
        }
        func line(_ head: String, _ texts: [String]) -> String {
            padded(head, to: side, left: false)
                + zip(texts, widths).map { "  " + padded($0, to: $1) }.joined() + "\n"
        }
        return line(corner, names) + classes.indices.map { line(names[$0], cells[$0]) }.joined()
    }

    /// Formats CSV: a header with the predicted classes, then a line for each true class, named in its first
    /// field.
    public func csv(normalised normalisation: Normalisation? = nil) -> String {
        let cells = cellTexts(normalisation, digits: nil)
        let names = classes.map(CSVGuard.guarded)
        return csvLine(["truth"] + names)
            + classes.indices.map { csvLine([names[$0]] + cells[$0]) }.joined()
    }

    /// `{"classes": […], "matrix": [[…]]}`, the matrix by true class and then by predicted class.
    public func json(normalised normalisation: Normalisation? = nil) -> JSON {
        let values: [JSON] =
            if let normalisation {
                normalised(by: normalisation).map { .number($0) }
            } else {
                sums?.map { .number($0) } ?? counts.map { .integer($0) }
            }
        let rows = classes.indices.map { row in
            JSON.array(Array(values[row * classes.count..<(row + 1) * classes.count]))
        }
        return ["classes": .array(classes.map { .string($0) }), "matrix": .array(rows)]
    }

    /// `{"classes": […], "cells": [[truth, prediction, rows]…]}`: the cells that are not 0, with the places of their
    /// classes, from 0.
    public var cellsJSON: JSON {
        let size = classes.count
        let cells = counts.indices.filter { counts[$0] != 0 }.map { cell -> JSON in
            let rows: JSON = sums.map { .number($0[cell]) } ?? .integer(counts[cell])
            return [.integer(cell / size), .integer(cell % size), rows]
        }
        return ["classes": .array(classes.map { .string($0) }), "cells": .array(cells)]
    }

    /// The number of a cell's rows, or the sum of their weights.
    public func countText(_ cell: Int) -> String {
        guard let sum = sums?[cell] else { return "\(counts[cell])" }
        return sum == sum.rounded() && abs(sum) < 1e15 ? sum.fixed(0) : pythonText(sum)
    }

    /// The cells by row and column. Without `digits`, shares have full precision.
    private func cellTexts(_ normalisation: Normalisation?, digits: Int?) -> [[String]] {
        let texts =
            if let normalisation {
                normalised(by: normalisation).map { share in digits.map { share.fixed($0) } ?? "\(share)" }
            } else {
                counts.indices.map(countText)
            }
        return classes.indices.map { row in
            Array(texts[row * classes.count..<(row + 1) * classes.count])
        }
    }
}

/// Pads the text with spaces to `width` code points.
func padded(_ text: String, to width: Int, left: Bool = true) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
    return left ? blanks + text : text + blanks
}
