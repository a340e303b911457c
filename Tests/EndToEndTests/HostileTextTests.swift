import Base
import Foundation
import TestSupport
import Testing

// Names, tags, reasons, classes, metrics and paths with characters that control a terminal: none of them leaves a command, on
// standard output or standard error.

/// Clears the screen, sets the title, uses the 8-bit form, turns the writing around, ends a line.
private let attack =
    "\u{1B}[2J\u{1B}]0;owned\u{7}\u{9B}31m\u{202E}\u{2066}\u{200F}\u{61C}\u{2028}\u{7F}\u{8}\r"
/// The same for a place where no line may end.
private let short = "\u{1B}[31m\u{9B}1m\u{202E}\u{7F}"

/// The characters that must not be printed.
private func harmful(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { scalar in
        switch scalar.value {
        case 0x0A, 0x09: false
        case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

private func check(_ place: Workplace, _ command: String, _ words: [String], shows: Bool = false) throws {
    let done = try place.run(command, words)
    let call = "\(command) \(words.joined(separator: " "))".unicodeScalars.map { $0.escaped(asASCII: true) }
        .joined()
    #expect(harmful(done.output).isEmpty, "\(call): standard output")
    #expect(harmful(done.errors).isEmpty, "\(call): standard error")
    #expect((0..<130).contains(done.status) && done.status != 70, "\(call): \(done.status)")
    let said = done.output + done.errors
    if shows { #expect(said.contains("\\x1b") || said.contains("\\u001b"), "\(call): \(said.prefix(500))") }
}

@Test("no command prints control characters from a store, a file or a name")
func hostileTexts() throws {
    try Workplace.make { place in
        let store = place.path("models" + short)
        let inStore = ["--store", store]
        var table = "a\(short),b,kind\n"
        for row in 0..<40 { table += "\(row),\(row % 7),\"\(row % 2 == 0 ? "yes" : "no")\(attack)\"\n" }
        let csv = try place.file("table\(short).csv", table)
        let recipe = try place.file(
            "recipe.yaml",
            """
            data: { csv: "table\\e[31m\\x9b1m\\u202e\\x7f.csv", target: kind }
            model: [Dense: { units: 1, activation: sigmoid, name: "layer" }]
            compile: { optimizer: sgd, loss: binary_crossentropy, metrics: [accuracy] }
            fit: { epochs: 2 }
            """)
        try check(place, "trainer", ["fit", recipe, "--name", "odd"] + inStore)
        try #require(place.run("registry", ["list"] + inStore).status == 0)
        try check(place, "trainer", ["fit", recipe, "--name", attack] + inStore, shows: true)
        for words in [
            ["tag", "odd:1", "owner=ann\(attack)"],
            ["promote", "odd:1", "--alias", "best", "--reason", "why\(attack)"],
            ["promote", "odd:1", "--alias", attack],
        ] { try check(place, "registry", words + inStore) }
        for words in [
            ["show", "odd:1"], ["show", "odd:1", "--json"],
            ["list", "--json"], ["verify", "--json"], ["show", "x\(attack)"],
            ["list", "--where", "x\(attack) > 1"], ["export", "odd", "none\(short)/x.h5"], ["import", csv],
            ["import", "none\(attack).h5"],
        ] { try check(place, "registry", words + inStore, shows: words[0] != "verify") }
        for words in [
            ["list"], ["lineage", "odd:1"], ["lineage", "odd:1", "--dot"], ["history", "odd:1"],
            ["compare", "odd:1", "odd:1"], ["verify"], ["rebuild"], ["gc"],
            ["list", "--sort", "x\(attack)"], ["list", "--x\(attack)"], ["\(attack)"],
            ["list", "---completion", "list", "--", "positional@0", "list", "3", "0"],
        ] { try check(place, "registry", words + inStore) }
        let model = ["--model", "odd"] + inStore
        for words in [
            ["inspect", "odd"] + inStore, ["inspect", "odd", "--json"] + inStore,
            ["score", "--row", "1,2"] + model,
            ["score", "--row", "1,2", "--json"] + model, ["evaluate", csv] + model,
            ["evaluate", csv, "--json"] + model,
            ["score", csv, "--model", "x\(attack)"] + inStore,
        ] { try check(place, "infer", words, shows: words[0] != "inspect") }
        try check(place, "infer", ["digit\(attack).png"] + model)
        try check(place, "infer", ["evaluate", csv, "--report", place.path("report"), "--quiet"] + model)
        try check(place, "trainer", ["summary", recipe])
    }
}

@Test("what a log says is shown without control characters")
func hostileLog() throws {
    try Workplace.make { place in
        let data = Data("no model".utf8)
        let (sha, store) = (sha256(of: "no model"), place.path("models"))
        var (previous, lines) = (String(repeating: "0", count: 64), "")
        func add(_ kind: String, _ content: JSONObject) {
            var object: JSONObject = [
                "seq": .integer(lines.split(separator: "\n").count + 1), "clock": .integer(1_796_000_000_000),
                "time": .string("2026-11-29" + attack), "event": .string(kind),
                "who": .string("ann" + attack),
                "command": .string(attack),
            ]
            for (key, value) in content.members { object[key] = value }
            object["prev"] = .string(previous)
            let text = String(JSON.object(object).text().dropLast())
            previous = sha256(of: text)
            lines += text + ", \"hash\": \"\(previous)\"}\n"
        }
        let metrics: JSON = [["split": "test", "name": .string("acc\(attack)"), "value": 0.5]]
        add(
            "registered",
            [
                "version": "odd:1", "sha256": .string(sha), "size": .integer(data.count),
                "file": .string("TRAINED_MODEL/m\u{9B}\u{202E}.h5"), "imported_from": .string(attack),
                "facts": [
                    "name": "odd", "created": .string(attack), "generation": .string(attack),
                    "architecture": .string(attack), "metrics": metrics, "classes": [.string(attack)],
                    "parents": [["kind": "resumed-from", "sha256": "", "reference": .string(attack)]],
                ],
            ])
        add("tagged", ["version": "odd:1", "sha256": .string(sha), "set": ["owner": .string(attack)]])
        add(
            "moved",
            [
                "model": "odd", "alias": "best", "version": "odd:1", "sha256": .string(sha),
                "reason": .string(attack),
            ])
        add("x\(attack)", [:])
        try FileManager.default.createDirectory(atPath: store + "/log", withIntermediateDirectories: true)
        _ = try place.file("models/log/0123456789abcdef.jsonl", lines)
        for words in [
            ["list"], ["list", "--json"], ["show", "odd:1"], ["show", "odd:1", "--json"], ["verify"],
            ["history", "odd:1"],
            ["lineage", "odd:1"], ["lineage", "odd:1", "--dot"], ["compare", "odd:1", "odd:1"], ["rebuild"],
        ] { try check(place, "registry", words) }
        try check(place, "registry", ["show", "odd:1"], shows: true)
        try check(place, "infer", ["inspect", "odd"])
    }
}
