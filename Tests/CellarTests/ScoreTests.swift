import Base
import Cellar
import Datasets
import Foundation
import Tensors
import Testing

@Test("a table is scored by the only model that it fits")
func scoresTable() throws {
    try SmallStore.make { place in
        let (input, output) = (try place.file("in.csv", "id,b,a\n1,0,2\n2,2,0\n"), place.path("out.csv"))
        let recorder = Recorder()
        let summary = try place.store.score(
            ScoreRequest(inputs: [input], outputs: [output]), progress: recorder.progress)
        #expect(
            try place.text("out.csv")
                == "id,b,a,prediction,probability\n1,0,2,good,0.880797\n2,2,0,bad,0.8807971\n")
        #expect(
            summary.json == ["models": ["small:1"], "samples": 2, "outputs": [.string(output)]])
        #expect(recorder.samples == [2])
    }
}

@Test("a cancelled table leaves no output")
func cancelsScoring() throws {
    try SmallStore.make { place in
        let input = try place.file("in.csv", "b,a\n0,2\n")
        #expect(
            category { () throws(CellarError) in
                _ = try place.store.score(
                    ScoreRequest(inputs: [input], outputs: [place.path("out.csv")]),
                    progress: Recorder(cancels: true).progress)
            } == .cancelled)
        #expect(!place.exists("out.csv"))
    }
}

@Test("arrays are scored by the model that is named")
func scoresArrays() throws {
    try SmallStore.make { place in
        let (input, output) = (place.path("x.npy"), place.path("y.npy"))
        try writeNPY(Tensor(shape: [2, 1], values: [0, 2.5]), to: input)
        var request = ScoreRequest(inputs: [input], outputs: [output])
        #expect(category { () throws(CellarError) in _ = try place.store.score(request) } == .usage)
        request.models = ["line"]
        let summary = try place.store.score(request)
        #expect(summary.json == ["models": ["line:1"], "samples": 2, "outputs": [.string(output)]])
        #expect(try readNPY(output).storage == .floats([1, 6]))
    }
}

@Test("a table that no model fits, or several, is a wrong request")
func noTableModel() throws {
    try SmallStore.make { place in
        for columns in ["a,c\n1,2\n", "a,b,x\n1,2,3\n"] {
            let request = ScoreRequest(inputs: [try place.file("in.csv", columns)])
            #expect(category { () throws(CellarError) in _ = try place.store.score(request) } == .usage)
        }
    }
}

@Test("a scored table keeps its byte order mark, line ends and last line", arguments: [1, 3])
func scoredTablesKeepTheirForm(threads: Int) throws {
    try SmallStore.make { place in
        for (mark, end, last) in [
            ("", "\n", "\n"), ("\u{FEFF}", "\r\n", "\r\n"), ("\u{FEFF}", "\n", ""), ("", "\r\n", ""),
        ] {
            let rows = (0..<5000).map { "\($0 % 7),\($0 % 5)" }
            let table = try place.file("in.csv", mark + "a,b" + end + rows.joined(separator: end) + last)
            var request = ScoreRequest(inputs: [table], outputs: [place.path("out.csv")], models: ["small"])
            request.models.options.threads = threads
            _ = try place.store.score(request)
            // Foundation drops the mark when it reads a text.
            let text = String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: place.path("out.csv"))), as: UTF8.self)
            #expect(text.hasPrefix(mark + "a,b,prediction,") && text.hasSuffix(last))
            #expect(last.isEmpty ? text.unicodeScalars.last != "\n" : true)
            let scalars = text.unicodeScalars
            #expect(scalars.count { $0 == "\r" } == (end == "\n" ? 0 : 5000 + (last.isEmpty ? 0 : 1)))
            #expect(scalars.count { $0 == "\n" } == 5000 + (last.isEmpty ? 0 : 1))
        }
    }
}
