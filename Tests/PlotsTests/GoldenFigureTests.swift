import Foundation
import Testing

@testable import Plots

@Suite("Figures")
struct GoldenFigureTests {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")
    private static let shouldWrite = ProcessInfo.processInfo.environment["CELLAR_WRITE_FIGURES"] != nil

    /// Colours alone differ between themes, so that a few figures are enough for the dark one.
    private static let dark = ["history", "confusion-10", "correlations", "bars-names", "lineage"]

    @Test("have the bytes of the golden SVG files", arguments: SampleFigures.all.map(\.name))
    func svg(name: String) throws {
        let figure = try #require(SampleFigures.all.first { $0.name == name }).figure
        for theme in Theme.allCases where theme == .light || Self.dark.contains(name) {
            let file = Self.golden.appendingPathComponent("\(name).\(theme.rawValue).svg")
            let found = try figure.file(.svg, theme: theme)
            if Self.shouldWrite { try Data(found).write(to: file) }
            // A difference is looked at, and the files are written anew with CELLAR_WRITE_FIGURES=1 where it is meant.
            let isSame = try [UInt8](Data(contentsOf: file)) == found
            #expect(isSame, "\(name) differs from \(file.lastPathComponent)")
        }
    }

    @Test("keep texts apart from each other", arguments: SampleFigures.all.map(\.name))
    func overlaps(name: String) throws {
        let drawing = try #require(SampleFigures.all.first { $0.name == name }).figure.drawing
        // Level texts only; the others slant beside each other.
        let texts = drawing.commands.compactMap { command -> (text: DrawnText, area: DrawnArea)? in
            guard case .text(let text) = command, text.angle == 0, !text.text.isEmpty else { return nil }
            let width = FontMetrics.width(text.text, size: text.size, isBold: text.isBold)
            let left =
                switch text.anchor {
                case .start: text.at.x
                case .middle: text.at.x - width / 2
                case .end: text.at.x - width
                }
            return (text, DrawnArea(left, text.at.y - text.size * 0.75, width, text.size * 0.8))
        }
        for (index, one) in texts.enumerated() {
            let (x, width) = (one.area.x, one.area.right)
            #expect(x >= -1 && width <= drawing.width + 1, "\(one.text.text) leaves the figure")
            for other in texts[(index + 1)...] {
                let isApart =
                    one.area.right <= other.area.x + 0.5 || other.area.right <= one.area.x + 0.5
                    || one.area.bottom <= other.area.y + 0.5 || other.area.bottom <= one.area.y + 0.5
                #expect(isApart, "\(one.text.text) and \(other.text.text) overlap")
            }
        }
    }

    @Test("have names for screen readers, and no characters that XML does not allow")
    func names() {
        let svg = SampleFigures.names.drawing.svg()
        #expect(svg.contains("role=\"img\" aria-label=\"Names: עברית, العربية, 中文, &lt;b&gt;&amp;\""))
        #expect(svg.contains("<desc>Bars for classes with names in several scripts.</desc>"))
        #expect(svg.contains("a\\u202eb&lt;script&gt;&amp;&quot;"))
        #expect(!svg.contains("<script"))
    }

    @Test("of a page have no fixed colours but those of pictures, and no ids")
    func page() {
        for (_, figure) in SampleFigures.all {
            let svg = figure.drawing.pageSVG
            #expect(!svg.contains("fill=\"#") && !svg.contains("stroke=\"#") && !svg.contains(" id="))
        }
    }
}
