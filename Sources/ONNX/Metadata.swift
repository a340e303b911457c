import Base
import Foundation

/// One line for people.
func description(of origin: ONNXOrigin) -> String {
    let task = origin.facts?.task.map { ", \($0.rawValue)" } ?? ""
    let created = origin.facts.map { ", trained \($0.created)" } ?? ""
    return "\(origin.reference)\(task)\(created); exported by Cellar. Where it comes from is in the metadata."
}

/// What programs read: which file it was, what its inputs and outputs mean, and how it came about. Texts stand as they
/// are, everything else as JSON.
func metadata(of origin: ONNXOrigin) -> [(key: String, value: String)] {
    var entries: [(key: String, value: String)] = [
        ("reference", origin.reference), ("sha256", origin.sha256),
    ]
    let known = origin.facts?.json.object ?? [:]
    for key in [
        "name", "created", "task", "classes", "features", "picture", "architecture", "metrics", "dataset",
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

/// What the first input's numbers mean.
func describeInputs(_ graph: inout GraphProto, _ facts: ModelFacts) {
    guard !graph.inputs.isEmpty else { return }
    if !facts.features.isEmpty {
        graph.inputs[0].docString = "the columns \(facts.features.joined(separator: ", "))"
    } else if let picture = facts.picture {
        graph.inputs[0].docString =
            "pictures of \(picture.height) × \(picture.width), pixels from 0 to 255, ink "
            + (picture.inkIsBright ? "bright" : "dark")
    }
}
