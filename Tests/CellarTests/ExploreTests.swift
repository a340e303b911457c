import Base
import Foundation
import Plots
import TestSupport
import Testing

@testable import Cellar

@Suite("Exploring")
struct ExploreTests {
    private func explore(_ path: String, target: String? = nil, labels: String? = nil) throws
        -> DataExploration
    {
        try Store("nowhere").explore(ExploreRequest(path: path, target: target, labels: labels))
    }

    private static let wine = Fixtures.data.appendingPathComponent("wine.csv").path
    private static let recipe = Fixtures.repository.appendingPathComponent("recipes/wine.yaml").path

    @Test("a table finds its classes, columns, outliers and repeated rows")
    func table() throws {
        let found = try explore(Self.wine)
        #expect(found.kind == .table && found.rowCount == 1599 && found.columns.count == 11)
        #expect(found.target == "quality" && found.targetIsGuessed && found.classes?.counts == [744, 855])
        #expect(found.repeats?.repeated == 240 && found.parts.isEmpty && found.missingLabels == 0)
        #expect(found.suggestions.contains { $0.contains("StandardScaler") })
        #expect(found.json["columns"]?.array?.count == 11 && found.json["classes"]?["imbalanced"] == false)
        let html = found.page.html
        #expect(html.components(separatedBy: "<svg xmlns").count == 5)
        // The name space of SVG is an address, but nothing is loaded from it.
        #expect(!html.replacing("http://www.w3.org/2000/svg", with: "").contains("://"))
        #expect(html.contains("<html lang=\"en\">") && html.contains("id=\"boxes\""))
        #expect(!html.contains("<script"))
    }

    @Test("a recipe divides the rows as trainer fit does, and counts those that two parts share")
    func recipe() throws {
        let found = try explore(Self.recipe)
        #expect(found.parts.map(\.name) == ["train", "validation", "test"])
        #expect(found.parts.map(\.rows.count) == [899, 300, 400])
        #expect(found.shared.map(\.count) == [61, 60, 22] && !found.targetIsGuessed)
    }

    @Test("a hard table: missing values, texts, identifiers, constants, names that are markup")
    func hardTable() throws {
        try Fixtures.temporaryFolder { folder in
            let rows = (0..<60).map { row in
                "\(row),\(row % 7 == 0 ? "" : "\(Double(row) * 0.5)"),same,<b>\(row % 5)</b>,NA,\(row % 30 == 0 ? "rare" : "often")"
            }
            let file = folder.appendingPathComponent("t.csv")
            try ("id,half,fixed,<script>,void,label\n" + rows.joined(separator: "\n") + "\n").write(
                to: file, atomically: true, encoding: .utf8)
            let found = try explore(file.path)
            #expect(found.columns.map(\.role) == [.identifier, .number, .constant, .text, .constant])
            #expect(found.columns.map(\.missing) == [0, 9, 0, 0, 60] && found.target == "label")
            #expect(found.classes?.isImbalanced == true)
            for word in [
                "half: 9", "imbalanced", "single value", "number or name the rows", "Columns of text",
                "Fewer than 10",
            ] {
                #expect(found.suggestions.contains { $0.contains(word) }, "\(word)")
            }
            #expect(!found.page.html.contains("<script") && !found.page.html.contains("<b>"))
            #expect(throws: CellarError.self) { try explore(file.path, target: "labl") }
            let numbers = try explore(file.path, target: "half")
            #expect(
                numbers.classes == nil && numbers.targetNumbers?.numbers?.count == 51
                    && numbers.missingLabels == 9)
        }
    }

    @Test("pictures in folders: sizes, colours, brightness, samples")
    func pictures() throws {
        let found = try explore(
            Fixtures.data.appendingPathComponent("digits").deletingLastPathComponent().path + "/mnist")
        #expect(found.rowCount == 70_000 && found.parts.map(\.rows.count) == [60_000, 10_000])
        #expect(found.classes?.counts.reduce(0, +) == 70_000 && found.pictures?.sizes.count == 1)
        let sheet = try #require(found.sheetFigure)
        #expect(sheet.panels[0].marks.count == 80)
    }
}
