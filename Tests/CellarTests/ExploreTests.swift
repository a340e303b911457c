import Base
import Datasets
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
        #expect(found.head.columns.count == 12 && found.head.rows.count == 5)
        #expect(found.head.rows[0].prefix(3) == ["7.4", "0.7", "0"] && found.head.rows[0][11] == "bad")
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

    @Test(
        "rows are equal by their values, as pandas' duplicated() has them",
        arguments: [
            ("a,b,y\n1,x,p\n1.0,x,p\n2,z,q\n", 1, 0), ("a,b,y\n1,x,p\n1.0,x,q\n2,z,q\n", 0, 1),
            ("a,b,y\n7,x,p\n007,x,p\n8,x,q\n", 1, 0), ("a,b,y\nTrue,x,p\nTRUE,x,p\nFalse,x,q\n", 1, 0),
            ("a,b,y\nNA,x,p\n,x,p\n1,x,q\n", 1, 0), ("a,b,y\n1,,p\n1.0,NA,p\n2,3,q\n", 1, 0),
            ("a,b,y\n0,x,p\n-0.0,x,p\n2,x,q\n", 1, 0), ("a,b,y\n07,x,p\n7,x,p\nz,x,q\n", 0, 0),
        ])
    func equalValues(_ text: String, repeated: Int, conflicts: Int) throws {
        try Fixtures.temporaryFolder { folder in
            let file = folder.appendingPathComponent("t.csv")
            try Data(text.utf8).write(to: file)
            let repeats = try #require(try explore(file.path, target: "y").repeats)
            #expect(repeats.repeated == repeated && repeats.conflictingGroups == conflicts)
        }
    }

    @Test("texts of other bytes are other values, whatever they look like")
    func exactTexts() throws {
        try Fixtures.temporaryFolder { folder in
            let file = folder.appendingPathComponent("t.csv")
            let rows = [("é", 15), ("e\u{301}", 10), ("z", 9), ("q", 5)].flatMap {
                Array(repeating: $0.0, count: $0.1)
            }
            let lines = rows.enumerated().map { "\($1),\($0 % 2 == 0 ? "no" : "yes")" }
            try Data((["c,y"] + lines).joined(separator: "\n").utf8).write(to: file)
            let found = try explore(file.path, target: "y").json["columns"]?.array?.first
            // pandas: nunique() 4, value_counts() 15, 10, 9, 5
            #expect(found?["distinct"]?.int == 4)
            #expect(found?["frequent"]?.array?.compactMap { $0["count"]?.int } == [15, 10, 9, 5])
        }
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

    @Test("the strongest correlations are those of all columns, also beyond the hundredth")
    func wideTable() throws {
        try Fixtures.temporaryFolder { folder in
            var state: UInt64 = 1
            func number() -> Double {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Double(state >> 40) / 1e6
            }
            var lines = [(0..<130).map { "c\($0)" }.joined(separator: ",") + ",y"]
            for row in 0..<80 {
                var cells = (0..<130).map { _ in number() }
                cells[127] = cells[115] + 0.01 * number()
                lines.append(cells.map { "\($0)" }.joined(separator: ",") + ",\(["a", "b"][row % 2])")
            }
            let file = folder.path + "/wide.csv"
            try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
            let found = try explore(file)
            let first = try #require(found.strongestCorrelations.first)
            #expect(first.first == "c115" && first.second == "c127" && first.value > 0.99)
            #expect(found.strongestCorrelations.count == 5)
            let names = found.json["correlations"]?["names"]?.array ?? []
            #expect(names.count == 101 && names.last == "y")
            #expect(!found.suggestions.contains { $0.contains("were not looked at") })
        }
    }

    @Test("missing values are no values, and a last column of names is none of classes")
    func missingValues() throws {
        try Fixtures.temporaryFolder { folder in
            let file = folder.path + "/t.csv"
            let rows = (0..<60).map {
                "\(["u", "v", "", "NA"][$0 % 4]),\(["Ex", "", "NA"][$0 % 3]),\($0 % 9),name\($0)\n"
            }
            try Data(("a,pool,n,last\n" + rows.joined() + "u,Ex,1,name1\n").utf8).write(
                to: URL(fileURLWithPath: file))
            let found = try explore(file)
            #expect(found.target == nil)
            // Counted as by pandas
            #expect(
                found.columns.map(\.distinct) == [2, 1, 9, 60]
                    && found.columns.map(\.missing) == [30, 40, 0, 0])
            #expect(found.columns[1].role == .constant && found.columns[1].type == "text, constant")
            #expect(found.columns[0].frequent.map(\.text) == ["u", "v"])
            #expect(!found.suggestions.contains { $0.contains("scales") })
            #expect(
                found.suggestions.contains { $0.contains("trainer init") && $0.contains("a: 30, pool: 40") })
        }
    }

    @Test("IDX files: parts, classes, a sheet of samples, one picture with its values")
    func pictures() throws {
        var request = ExploreRequest(path: Fixtures.data.appendingPathComponent("mnist").path)
        request.sample = 1
        let found = try Store("nowhere").explore(request)
        let picture = try #require(found.sampleFigure)
        #expect(picture.title.hasSuffix("picture 1: 5") && picture.panels.count == 2)
        request.sample = 70_001
        #expect(throws: CellarError.self) { try Store("nowhere").explore(request) }
        #expect(found.rowCount == 70_000 && found.parts.map(\.rows.count) == [60_000, 10_000])
        #expect(found.classes?.counts.reduce(0, +) == 70_000 && found.pictures?.sizes.count == 1)
        let sheet = try #require(found.sheetFigure)
        #expect(sheet.panels[0].marks.count == 80)
    }

    @Test("folders of pictures of several sizes")
    func folders() throws {
        try Fixtures.temporaryFolder { folder in
            for (name, side) in [("a/1", 4), ("a/2", 4), ("b/1", 4), ("b/2", 6)] {
                let file = folder.appendingPathComponent(name + ".png")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                let pixels = [UInt8](repeating: name == "b/1" ? 255 : 0, count: side * side)
                try writePNG(GrayImage(width: side, height: side, pixels: pixels), to: file.path)
            }
            let found = try explore(folder.path)
            #expect(found.classes?.classes == ["a", "b"] && found.pictures?.sizes.map(\.count) == [3, 1])
            // The two black pictures of class a are equal.
            #expect(
                found.repeats?.repeated == 1 && found.suggestions.contains { $0.contains("2 sizes or kinds") }
            )
            #expect(found.sheetFigure?.panels[0].marks.count == 4)
        }
    }
}
