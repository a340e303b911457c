import Base
import Foundation

/// Returns one line for people.
func description(of origin: ONNXOrigin) -> String {
    let task = origin.facts?.task.map { ", \($0.rawValue)" } ?? ""
    let created = origin.facts.map { ", trained \($0.created)" } ?? ""
    return "\(origin.reference)\(task)\(created); exported by Cellar. Where it comes from is in the metadata."
}

/// Returns the metadata for programs: the source file, the meaning of inputs and outputs, and the training.
/// Texts are stored unchanged, other values as JSON.
func metadata(of origin: ONNXOrigin) -> [(key: String, value: String)] {
    var entries: [(key: String, value: String)] = [
        ("reference", origin.reference), ("sha256", origin.sha256),
    ]
    let known = origin.facts?.json.object ?? [:]
    for key in [
        "name", "created", "task", "classes", "features", "picture", "decision", "calibration",
        "architecture", "metrics", "dataset",
        "hyperparameters", "seed", "parents", "recipe",
    ] {
        guard let value = known[key], value.array?.isEmpty != true, value.object?.members.isEmpty != true
        else {
            continue
        }
        entries.append((key, value.string ?? value.text()))
    }
    return entries
}

/// Adds the meaning of the first input's values.
func describeInputs(_ graph: inout GraphProto, _ facts: ModelFacts) {
    guard !graph.inputs.isEmpty else { return }
    if !facts.features.isEmpty {
        graph.inputs[0].docString = "the columns \(facts.features.joined(separator: ", "))"
    } else if let picture = facts.picture {
        graph.inputs[0].docString =
            "pictures: \(picture.description), pixels from 0 to \(picture.white == 255 ? "255" : "\(picture.white)")"
    }
}
