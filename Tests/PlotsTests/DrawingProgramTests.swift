import Base
import Foundation
import Testing

@testable import Plots

@Suite("cellar-draw")
struct DrawingProgramTests {
    /// Built beside the tests.
    static let program = Bundle.main.bundleURL.appendingPathComponent("cellar-draw").path

    @Test("draws every figure as PNG, light and dark", arguments: SampleFigures.all.map(\.name))
    func png(name: String) throws {
        let figure = try #require(SampleFigures.all.first { $0.name == name }).figure
        for theme in Theme.allCases {
            let file = try figure.file(.png, theme: theme, program: Self.program)
            // The header has the size: two pixels for each unit.
            #expect(Array(file.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            let width = file[16..<20].reduce(0) { $0 << 8 | Int($1) }
            #expect(width == Int(figure.drawing.width) * 2)
            if let folder = ProcessInfo.processInfo.environment["CELLAR_FIGURES"] {
                try Data(file).write(to: URL(fileURLWithPath: "\(folder)/\(name).\(theme.rawValue).png"))
            }
        }
    }

    @Test("draws PDF with the same bytes each time, and with texts as texts")
    func pdf() throws {
        let figure = SampleFigures.history(epochs: 30)
        let file = try figure.file(.pdf, program: Self.program)
        #expect(file.starts(with: Array("%PDF-".utf8)))
        #expect(try figure.file(.pdf, program: Self.program) == file)
    }

    @Test("that is missing is an error which names SVG as the way out")
    func missing() throws {
        let error = try #require(throws: CellarError.self) {
            try SampleFigures.confusion(2).file(.png, program: "/nowhere/cellar-draw")
        }
        #expect(error.category == .cannotCreate)
        #expect(error.description.contains("SVG needs no libraries"))
    }

    @Test("refuses lists of commands that it did not get whole")
    func damaged() throws {
        let list = DrawingBytes(SampleFigures.confusion(2).drawing, .light, isPDF: false, scale: 1).bytes
        for length in [0, 5, 14, 20, 60, list.count / 2, list.count - 1] {
            let error = try #require(throws: CellarError.self) {
                try DrawingProgram(Self.program).run(Array(list.prefix(length)))
            }
            #expect(error.message.contains("status 65"), "\(length) bytes: \(error)")
        }
    }

    @Test("names the package of a library that is missing")
    func missingLibrary() throws {
        // A program that ends as cellar-draw does then.
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "cellar-draw-\(UUID().uuidString)")
        try "#!/bin/sh\necho libcairo2 >&2\nexit 69\n".write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        defer { try? FileManager.default.removeItem(at: file) }
        let error = try #require(throws: CellarError.self) { try DrawingProgram(file.path).run([]) }
        #expect(error.message.contains("libcairo2"))
        #expect(error.remedy?.contains("apt-get install") == true)
    }

    @Test("is not needed for a format that the name does not select")
    func formats() throws {
        #expect(try FigureFormat(path: "a.b/F.PNG") == .png)
        for path in ["figure", "figure.jpg", ".png/figure", "png"] {
            #expect(throws: CellarError.self) { try FigureFormat(path: path) }
        }
    }
}
