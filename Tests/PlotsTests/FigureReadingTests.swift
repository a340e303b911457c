import Foundation
import Testing

@testable import Plots

/// Reads figures as a person does: the numbers beside an axis tell what a position means. Nothing of the code that places
/// them is used, so that a golden file with data at wrong positions is noticed.
@Suite("Figures read from their SVG")
struct FigureReadingTests {
    private struct Text {
        var x, y: Double
        var anchor, text: String
    }

    /// The numbers of an axis: their positions, and by two of them the value at any position.
    private struct Axis {
        var ticks: [(place: Double, value: Double)]

        func value(at place: Double) -> Double {
            let (first, last) = (ticks[0], ticks[ticks.count - 1])
            return first.value + (place - first.place) / (last.place - first.place)
                * (last.value - first.value)
        }

        /// The change of the value from one pixel to the next.
        var perPixel: Double { abs(value(at: 1) - value(at: 0)) }
    }

    private func golden(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Golden")
        return try String(contentsOf: folder.appendingPathComponent("\(name).light.svg"), encoding: .utf8)
    }

    private func texts(_ svg: String) -> [Text] {
        svg.matches(
            of:
                #/<text x="([-0-9.]+)" y="([-0-9.]+)" font-size="11" fill="#59626b" text-anchor="(\w+)">([^<]*)</text>/#
        ).compactMap { match in
            guard let x = Double(match.1), let y = Double(match.2) else { return nil }
            return Text(x: x, y: y, anchor: String(match.3), text: String(match.4))
        }
    }

    /// The panels in the order of the file: the part with the data, and its axes, whose numbers follow it.
    private func panels(_ svg: String) throws -> [(data: String, x: Axis, y: Axis)] {
        let parts = svg.components(separatedBy: "<svg x=").dropFirst()
        return try parts.map { part in
            let ends = part.components(separatedBy: "</svg>")
            let texts = texts(ends[1])
            let numbers = texts.filter { Double($0.text) != nil }
            // A text stands 4 pixels lower than what it names.
            let y = numbers.filter { $0.anchor == "end" }.map {
                (place: $0.y - 4, value: Double($0.text) ?? 0)
            }
            let x = numbers.filter { $0.anchor == "middle" }.map {
                (place: $0.x, value: Double($0.text) ?? 0)
            }
            try #require(y.count >= 2)
            return (ends[0], Axis(ticks: x), Axis(ticks: y))
        }
    }

    private func check(_ axis: Axis) {
        for tick in axis.ticks {
            #expect(abs(axis.value(at: tick.place) - tick.value) <= 0.02 * axis.perPixel)
        }
    }

    @Test("have the points of curves at their epochs and values")
    func curves() throws {
        let figure = SampleFigures.history(epochs: 30)
        let panels = try panels(golden("history"))
        try #require(panels.count == figure.panels.count)
        for (panel, expected) in zip(panels, figure.panels) {
            check(panel.x)
            check(panel.y)
            let lines = expected.marks.compactMap { mark -> PlotLine? in
                if case .line(let line) = mark { line } else { nil }
            }
            let paths = panel.data.matches(of: #/<path d="M([^"]*)"[^>]*stroke-width="1.8"/#).map { $0.1 }
            try #require(paths.count == lines.count && lines.count == 2)
            for (path, line) in zip(paths, lines) {
                let points = path.split(separator: "L").map {
                    $0.split(separator: " ").compactMap { Double($0) }
                }
                try #require(points.count == line.points.count)
                for (index, point) in points.enumerated() {
                    // Positions have two decimals.
                    #expect(
                        abs(panel.x.value(at: point[0]) - line.points[index].x) <= 0.03 * panel.x.perPixel)
                    #expect(
                        abs(panel.y.value(at: point[1]) - line.points[index].y) <= 0.03 * panel.y.perPixel)
                }
            }
        }
    }

    @Test("have bars from zero to their values")
    func bars() throws {
        let figure = SampleFigures.groups
        let panel = try #require(try panels(golden("bars-groups")).first)
        check(panel.y)
        let values = figure.panels[0].marks.flatMap { mark -> [Double] in
            if case .bars(let bars) = mark { bars.values } else { [] }
        }
        let bars = panel.data.matches(
            of: #/<rect x="[-0-9.]+" y="([-0-9.]+)" width="[-0-9.]+" height="([-0-9.]+)"/#)
        try #require(bars.count == values.count && values.count == 16)
        for (bar, value) in zip(bars, values) {
            let (top, height) = (Double(bar.1) ?? 0, Double(bar.2) ?? 0)
            #expect(abs(panel.y.value(at: top) - value) <= 0.03 * panel.y.perPixel)
            #expect(abs(panel.y.value(at: top + height)) <= 0.03 * panel.y.perPixel)
        }
    }
}
