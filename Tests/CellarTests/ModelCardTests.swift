import Base
import Cellar
@testable import KerasFile
import TestSupport
import Testing

/// A line of the head of a card, by its indent and its key, as far as the cards of this project use YAML: block maps, block
/// lists, and scalars in JSON's form.
private struct HeadLine {
    let indent: Int
    let isItem: Bool
    let key: String
    let value: String

    init?(_ line: Substring) {
        let rest = line.drop { $0 == " " }
        isItem = rest.hasPrefix("- ") || rest == "-"
        let content = isItem ? rest.dropFirst(2) : rest
        indent = line.count - rest.count + (isItem ? 2 : 0)
        guard let colon = content.firstIndex(of: ":"), !content.hasPrefix("\"") else {
            (key, value) = ("", String(content))
            return
        }
        key = String(content[..<colon])
        value = String(content[content.index(after: colon)...].drop { $0 == " " })
    }
}

// Hugging Face's "Model Card metadata specification": model-index is a list of names with results; a result has a task with a
// type of the known ones, a dataset with type and name, and metrics with type and value; split, revision and name are optional.
private let tasks = [
    "image-classification", "tabular-classification", "tabular-regression", "image-feature-extraction",
]

private func check(_ yaml: String) throws {
    var lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first == "---" && lines.dropLast().last == "---")
    lines = lines.filter { $0 != "---" && !$0.isEmpty }
    let head = lines.compactMap(HeadLine.init)
    #expect(head.contains { $0.key == "library_name" && $0.value == "keras" })
    let pipeline = try #require(head.first { $0.key == "pipeline_tag" })
    #expect(tasks.contains(pipeline.value))
    let top = head.filter { $0.indent == 0 }.map(\.key)
    #expect(
        Set(top).isSubset(of: ["library_name", "pipeline_tag", "license", "tags", "metrics", "model-index"]))
    // Under each result: task.type, dataset.type and .name, and metrics of type and value.
    for (index, line) in head.enumerated() where line.key == "task" {
        #expect(line.isItem && head[index + 1].key == "type" && tasks.contains(head[index + 1].value))
        #expect(head[index + 2].key == "dataset")
        #expect(head[index + 3].key == "type" && head[index + 4].key == "name")
        let metrics = try #require(head[index...].firstIndex { $0.key == "metrics" })
        for metric in head[(metrics + 1)...].prefix(while: { $0.indent > line.indent }) {
            #expect(["type", "value", "name"].contains(metric.key))
            if metric.key == "value" { #expect(Double(metric.value)?.isFinite == true, "\(metric.value)") }
            if metric.key == "type" { #expect(metric.value.hasPrefix("\"") && metric.value.count > 2) }
        }
    }
}

@Test("a card has Hugging Face's metadata, and every number says where it is from")
func modelCard() throws {
    try TrainedStore.with(versions: 1) { trained in
        let card = try trained.store.card(of: "small", license: "apache-2.0")
        try check(card.yaml)
        let facts = try trained.store.show("small").facts
        #expect(card.measures.count == facts.metrics.count && card.measures.count >= 6)
        for (measure, metric) in zip(card.measures, facts.metrics) {
            #expect(measure.value == metric.value)
            #expect(measure.source == "registry show small:1, metric \(metric.name) on \(metric.split)")
            #expect(card.yaml.contains("value: \(pythonText(metric.value))"))
        }
        #expect(card.pipelineTag == "tabular-classification")
        #expect(card.yaml.contains("- type: \"accuracy\"") && card.yaml.contains("split: \"test\""))
        for text in [card.markdown, card.page.html] {
            #expect(text.contains("Training data") && text.contains(card.version.sha256))
        }
    }
}

@Test("a card of a file that Keras wrote does not say what nobody recorded")
func cardOfKerasFile() throws {
    try TrainedStore.with(versions: 1) { trained in
        let store = trained.store
        let path = store.folder + "/../made by Keras.h5"
        var contents = try readModel(.unchecked(store.models.file(of: "small").path))
        contents.facts = nil
        try writeModel(contents, to: path)
        _ = try store.importFiles(ImportRequest(files: [path], name: "foreign"))
        let card = try store.card(of: "foreign")
        #expect(
            card.pipelineTag == nil && !card.yaml.contains("pipeline_tag")
                && card.json["pipeline_tag"] == .null)
        #expect(card.markdown.contains("computes numbers whose meaning is not recorded, from arrays"))
        #expect(
            !card.markdown.contains("0 classes") && card.markdown.contains("the Keras of its form, keras-"))
    }
}

@Test("a card of a hostile model has no markup from its names")
func hostileCard() throws {
    try SmallStore.make { place in
        var facts = try place.store.show("small").facts
        facts.classes = ["<script>alert(1)</script>", "a|b\u{1B}[2J\n# head"]
        facts.metrics = [
            .init(split: "test\n- evil: 1", name: "acc: \"x\"", value: .nan),
            .init(split: "a", name: "b\nc", value: 1),
        ]
        let model = try place.store.inspect(InspectRequest(model: "small")).file.model
        try place.save(model, facts)
        let card = try place.store.card(of: "small:2")
        try check(card.yaml)
        #expect(!card.markdown.contains("<script>") && !card.markdown.contains("\u{1B}"))
        #expect(!card.page.html.contains("<script>"))
        #expect(!card.markdown.contains("\n# head") && !card.yaml.contains("\n- evil"))
    }
}
