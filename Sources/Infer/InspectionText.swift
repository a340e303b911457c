import Base
import Network
import Tensors

extension Inspection {
    /// The model as lines of text for `git diff`: the same for the same content, whatever the file's name. A line has one layer,
    /// one weight or one fact.
    public var plainText: String {
        let model = file.model
        var lines = [
            "keras \(file.kerasVersion)",
            "form \(model.structure.form == .sequential ? "Sequential" : "Functional")",
            "inputs \(list(model.inputShapes))", "outputs \(list(model.outputShapes))",
            "parameters \(model.trainableParameters) trainable, \(model.nonTrainableParameters) not trainable",
            "", "layers",
        ]
        let rows = Dictionary(layers.map { ($0.name, $0) }) { first, _ in first }
        for (index, path) in model.paths.enumerated() {
            guard let row = rows[path] else { continue }
            let inputs = row.inputs.isEmpty ? "" : " from " + row.inputs.joined(separator: ", ")
            lines.append("  \(path) \(row.className) \(row.outputShape)\(inputs)")
            for (key, value) in model.layers[index].inFile.config.members {
                lines.append("    \(key) \(value.text())")
            }
            for (spec, tensor) in zip(model.weightSpecs[index], model.weights[index]) {
                lines.append("    weight \(spec.name) \(tensor.shape) \(digest(tensor)) \(norms(tensor))")
            }
        }
        lines += ["", "compile"]
        if let compiled = file.compiled {
            lines.append("  loss \((compiled.objective?.loss?.json ?? .null).text())")
            if let optimizer = compiled.optimizer {
                lines.append("  optimizer \(type(of: optimizer).className)")
                for (key, value) in optimizer.general.config.members + optimizer.config.members {
                    lines.append("    \(key) \(value.text())")
                }
                lines.append("    learning_rate \(Float(optimizer.learningRate))")
            }
            if let state = file.optimizerState { lines.append("  steps \(state.iterations)") }
        } else {
            lines.append("  no")
        }
        if let sets = file.trainedRows {
            lines += ["", "training rows \(sets.map { "\($0.count)" }.joined(separator: ", "))"]
        }
        if let facts = file.facts {
            lines += ["", "facts"]
            lines += Inspection.lines(facts.json, name: "", depth: 1)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A line for each number or text. Arrays of plain values are one line.
    private static func lines(_ value: JSON, name: String, depth: Int) -> [String] {
        let indent = String(repeating: "  ", count: depth)
        switch value {
        case .object(let object):
            let inner = object.members.flatMap {
                lines($0.value, name: $0.key, depth: name.isEmpty ? depth : depth + 1)
            }
            return name.isEmpty ? inner : [indent + name] + inner
        case .array(let values) where values.contains { $0.object != nil }:
            return [indent + name] + values.map { indent + "  " + $0.text() }
        case .string(let text) where text.contains("\n"):
            return [indent + name]
                + text.split(separator: "\n", omittingEmptySubsequences: false).map { indent + "  | " + $0 }
        default: return [indent + name + " " + value.text()]
        }
    }
}

/// The first 16 digits of the SHA-256 of the values as little-endian float32.
private func digest(_ tensor: Tensor) -> String {
    let bits = tensor.values.map { $0.bitPattern.littleEndian }
    var hash = SHA256()
    unsafe bits.withUnsafeBytes { unsafe hash.update($0) }
    return "sha256 \(hash.finish().prefix(16))"
}

private func norms(_ tensor: Tensor) -> String {
    let squares = tensor.values.reduce(0) { $0 + Double($1) * Double($1) }
    let largest = tensor.values.reduce(Float(0)) { max($0, abs($1)) }
    return "norm \(Float(squares.squareRoot())) max \(largest)"
}
