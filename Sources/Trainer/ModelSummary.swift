import Network

/// Returns a model's layers, shapes and numbers of parameters in the format of Keras 2's `model.summary()`: columns as
/// in tf_keras, totals as in 2.10 (`266,610`, without bytes), without trailing blanks.
///
/// - room: The columns of a window, where it may be narrower than Keras' table.
public func summary(of model: Model, within room: Int? = nil) -> String {
    let isChain = model.structure.form == .sequential
    let usual = isChain ? 65 : 98
    let width = max(40, min(usual, room ?? usual))
    let isNarrow = width < usual
    let ends = isNarrow ? narrowEnds(width, isChain: isChain) : usualEnds(width, isChain: isChain)
    let line = String(repeating: "_", count: width)
    let doubleLine = String(repeating: "=", count: width)
    var text = "Model: \"\(model.name)\"\n\(line)\n"
    let titles = ["Layer (type)", "Output Shape", "Param #"] + (isChain ? [] : ["Connected to"])
    text += row(titles, ends, betweenWords: isNarrow)
    text += doubleLine + "\n"
    // Keras' Sequential.layers does not include the input.
    let shown = model.layers.indices.filter {
        !(isChain && model.layers[$0].isInput) && !model.layers[$0].isOutputPart
    }
    let paths = model.paths
    for layer in shown {
        let calls = model.calls.indices.filter { model.calls[$0].layer == layer }
        // Inputs of nested models have no calls.
        guard !calls.isEmpty else { continue }
        let shapes = Set(calls.map { model.shapes[$0] })
        var shape = shapes.count == 1 ? batchShape(model.shapes[calls[0]]) : "multiple"
        if model.layers[layer].isInput { shape = "[\(shape)]" }
        let parameters = model.weightSpecs[layer].reduce(0) { $0 + $1.count }
        let name = "\(paths[layer]) (\(model.layers[layer].inFile.className))"
        var fields = [name, shape, String(parameters)]
        if !isChain { fields.append(sources(of: calls, model)) }
        text += row(fields, ends, betweenWords: isNarrow) + "\n"
    }
    let (trainable, fixed) = (model.trainableParameters, model.nonTrainableParameters)
    return text + doubleLine + "\n" + "Total params: \(grouped(trainable + fixed))\n"
        + "Trainable params: \(grouped(trainable))\nNon-trainable params: \(grouped(fixed))\n" + line
}

private func batchShape(_ shape: [Int]) -> String {
    "(" + (["None"] + shape.map(String.init)).joined(separator: ", ") + (shape.isEmpty ? ",)" : ")")
}

/// Returns the input layers and calls of a layer as `['a[0][0]', 'b[0][0]']`.
private func sources(of calls: [Int], _ model: Model) -> String {
    let paths = model.paths
    let names = calls.flatMap { model.calls[$0].inputs }.map { input in
        let layer = model.calls[input].layer
        let use = model.calls.indices.filter { model.calls[$0].layer == layer }.firstIndex(of: input) ?? 0
        return "'\(paths[layer])[\(use)][0]'"
    }
    return "[" + names.joined(separator: ", ") + "]"
}

/// The ends of the columns, as in Keras.
private func usualEnds(_ width: Int, isChain: Bool) -> [Int] {
    (isChain ? [0.45, 0.85, 1] : [0.33, 0.55, 0.67, 1]).map { Int(Double(width) * $0) }
}

/// The ends of the columns in a window that is narrower than Keras' table: numbers keep their room.
private func narrowEnds(_ width: Int, isChain: Bool) -> [Int] {
    let number = 12
    let texts = Double(width - number)
    if isChain { return [Int(texts * 0.55), width - number, width] }
    let shape = Int(texts * 0.66)
    return [Int(texts * 0.4), shape, shape + number, width]
}

/// Formats a row of the table; text that does not fit a column is wrapped, as in Keras' `print_row`.
///
/// - betweenWords: Wraps at blanks where there are some, which Keras does not.
private func row(_ fields: [String], _ ends: [Int], betweenWords: Bool) -> String {
    var (rest, text) = (fields.map { Array($0) }, "")
    while rest.contains(where: { !$0.isEmpty }) {
        var line = ""
        for (column, end) in ends.enumerated() {
            let start = column == 0 ? 0 : ends[column - 1]
            let isLast = column == ends.count - 1
            let gap = isLast ? 0 : 2
            var part = rest[column].prefix(end - start - gap - (isLast ? 0 : 1))
            // Keras breaks lines after a bracket or a list element.
            let breaks = ["),", "},", "],", "',"].compactMap { position(of: Array($0), in: Array(part)) }
            if let first = breaks.min() { part = part.prefix(first + 2) }
            if betweenWords, part.count < rest[column].count, rest[column][part.count] != " ",
                let blank = part.lastIndex(of: " "), blank > part.startIndex
            {
                part = part[...blank]
            }
            rest[column].removeFirst(part.count)
            if betweenWords, rest[column].first == " " { rest[column].removeFirst() }
            line += (column == 0 ? " " : "") + String(part) + String(repeating: " ", count: gap)
            line += String(repeating: " ", count: max(0, end - line.count))
        }
        while line.last == " " { line.removeLast() }
        text += line + "\n"
    }
    return text
}

private func position(of word: [Character], in text: [Character]) -> Int? {
    guard text.count >= word.count else { return nil }
    return (0...text.count - word.count).first { Array(text[$0..<$0 + word.count]) == word }
}

/// Formats 266610 as 266,610.
private func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return String(digits)
}
