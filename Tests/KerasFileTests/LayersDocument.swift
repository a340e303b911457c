import Foundation
import JSONText
import Network
import TestSupport
import Testing

/// `docs/layers.md`, made from the table of layers and the golden files there are for each.
enum LayersDocument {
    /// The golden variants that hold a class, and the releases that wrote them.
    private struct Evidence {
        var files: Set<String> = []
        var generations: Set<String> = []
    }

    private static let columns = ["Keras 1", "Keras 2.2", "tf.keras 2.10", "tf_keras 2.21", "Keras 3"]

    private static func generation(_ producer: String) -> String {
        let version = producer.split(separator: " ").last.map(String.init) ?? ""
        if version.hasPrefix("1.") { return columns[0] }
        if version.hasPrefix("2.2.") { return columns[1] }
        if version.hasPrefix("2.1") { return columns[2] }
        return version.hasPrefix("2.") ? columns[3] : columns[4]
    }

    private static func evidence() throws -> [String: Evidence] {
        var all: [String: Evidence] = [:]
        for folder in ["seed", "activations", "layers", "functional", "legacy"] {
            let url = Fixtures.repository.appendingPathComponent("Tests/Fixtures/\(folder)")
            for sidecar in try Sidecar.all(at: url) where sidecar.json["kind"] == "inference" {
                for variant in sidecar.json["variants"]?.array ?? [] {
                    let name = generation(variant["producer"]?.string ?? "")
                    for entry in variant["layers"]?.array ?? [] {
                        let className = entry.array?.first?.string ?? ""
                        all[className, default: Evidence()].files.insert("\(folder)/\(sidecar.name)")
                        all[className, default: Evidence()].generations.insert(name)
                    }
                }
            }
        }
        return all
    }

    static func text() throws -> String {
        let evidence = try evidence()
        var text = """
            # Layers

            Every layer that Cellar reads, computes, trains and writes, made from the table in `Sources/Network/LayerTable.swift` and the
            golden files in `Tests/Fixtures`; a test compares this page with both. A dot marks a generation of Keras that wrote a golden file with
            the layer; the other generations' names and options are translated to the same layer. Layers without golden files of Keras' whole
            models there have golden cases of their own beside the tests, and every layer with a backward pass is held against finite differences.

            | class | forward | backward | \(columns.joined(separator: " | ")) | golden cases |
            |---|---|---|\(columns.map { _ in "---|" }.joined())---|

            """
        for (className, hasBackward) in LayerTable.documented.sorted(by: { $0.className < $1.className }) {
            let found = evidence[className]
            let dots = columns.map { found?.generations.contains($0) == true ? "•" : "" }
            let files = (found?.files ?? []).sorted()
            let shown =
                files.prefix(4).joined(separator: ", ")
                + (files.count > 4 ? " and \(files.count - 4) more" : "")
            text +=
                "| \(className) | yes | \(hasBackward ? "yes" : "inference only") | \(dots.joined(separator: " | ")) | \(shown) |\n"
        }
        return text
    }
}

@Test("docs/layers.md is what the table of layers makes of it")
func layersDocument() throws {
    let file = Fixtures.repository.appendingPathComponent("docs/layers.md")
    let text = try LayersDocument.text()
    if ProcessInfo.processInfo.environment["CELLAR_WRITE_DOCS"] != nil {
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let found = try? String(contentsOf: file, encoding: .utf8)
    #expect(found == text, "make it anew: CELLAR_WRITE_DOCS=1 swift test --filter layersDocument")
}
