import Base
import CommandSupport
import Infer
import Metrics

/// The confusion matrix and the classification report for a terminal: shaded, and no wider than the window.
func resultsText(
    _ matrix: ConfusionMatrix?, _ report: ClassificationReport, _ terminal: Terminal, digits: Int = 2,
    normalisation: ConfusionMatrix.Normalisation? = nil
) -> String {
    let cells =
        matrix.map { shadedMatrix($0, terminal, normalisation, digits: max(digits, 3)) }
        ?? "(omitted for more than \(ConfusionMatrix.maximumClasses) classes)\n"
    var text = "Confusion matrix\n\n\(cells)\nClassification report\n\n"
    text += narrowed(report.text(digits: digits), to: terminal)
    for warning in report.warnings { text += "\n" + warning }
    return text + (report.warnings.isEmpty ? "" : "\n")
}

/// A line for each true class, a column for each predicted one. Where the window has no room for the names of the columns,
/// they have the numbers of the lines; where it has no room for all columns, they stand in blocks below each other.
func shadedMatrix(
    _ matrix: ConfusionMatrix, _ terminal: Terminal, _ normalisation: ConfusionMatrix.Normalisation? = nil,
    digits: Int = 3
) -> String {
    let size = matrix.classes.count
    guard size <= ConfusionMatrix.mostReadableClasses else { return matrix.confusionsText(digits: digits) }
    let shares = matrix.normalised(by: normalisation ?? .truth)
    let texts = matrix.counts.indices.map { cell in
        normalisation == nil ? matrix.countText(cell) : shares[cell].fixed(digits)
    }
    let names = matrix.classes.map(printable)
    let widest = texts.reduce(1) { max($0, $1.utf8.count) }
    let corner = terminal.width < 72 ? "truth" : "truth \\ predicted"
    func sideWidth(_ labels: [String]) -> Int {
        min(labels.reduce(textWidth(corner)) { max($0, textWidth($1)) }, max(12, terminal.width / 3))
    }
    var (side, heads) = (names, names)
    var width = heads.reduce(widest) { max($0, textWidth($1)) } + 2
    if sideWidth(side) + width * size > terminal.width, width > max(widest, "\(size)".utf8.count) + 2 {
        (side, heads) = (names.enumerated().map { "\($0 + 1) \($1)" }, (1...max(size, 1)).map { "\($0)" })
        width = max(widest, "\(size)".utf8.count) + 2
    }
    let margin = sideWidth(side)
    let perBlock = max(1, (terminal.width - margin) / width)
    func blanks(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - textWidth(text)))
    }
    func head(_ text: String) -> String {
        let text = fitted(text, to: margin, isUnicode: terminal.isUnicode)
        return text + blanks(text, margin)
    }
    var text = ""
    for start in stride(from: 0, to: size, by: perBlock) {
        let columns = start..<min(start + perBlock, size)
        if start > 0 { text += "\n" }
        text += head(corner) + columns.map { blanks(heads[$0], width) + heads[$0] }.joined() + "\n"
        for row in 0..<size {
            text += head(side[row])
            for column in columns {
                let cell = row * size + column
                text += " " + shaded(blanks(texts[cell], width - 1) + texts[cell], shares[cell], terminal)
            }
            text += "\n"
        }
    }
    return text
}

/// The text on a ground that is the darker, the larger the share. Without colours as it is.
private func shaded(_ text: String, _ share: Double, _ terminal: Terminal) -> String {
    guard terminal.hasColour, share > 0 else { return text }
    // Blues of the 256 colours, each with a readable colour of text.
    let grounds = [255, 195, 153, 117, 75, 33, 26, 19, 17]
    let step = min(grounds.count - 1, Int(share * Double(grounds.count)))
    return "\u{1B}[38;5;\(step < 5 ? 16 : 231);48;5;\(grounds[step])m\(text)\u{1B}[0m"
}

/// The report with names that are cut where its lines would be wider than the window.
private func narrowed(_ report: String, to terminal: Terminal) -> String {
    let lines = report.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // All but the names: the head begins with blanks as wide as the longest name.
    guard let head = lines.first, let start = head.range(of: "precision") else { return report }
    let names = head.distance(from: head.startIndex, to: start.lowerBound) - 2
    let excess = head.count - terminal.width
    guard excess > 0, names - excess >= 8 else { return report }
    return lines.map { line in
        guard line.count > names else { return line }
        let name = String(line.prefix(names).drop { $0 == " " })
        let cut = fitted(name, to: names - excess, isUnicode: terminal.isUnicode)
        return String(repeating: " ", count: max(0, names - excess - textWidth(cut))) + cut
            + line.dropFirst(names)
    }.joined(separator: "\n")
}
