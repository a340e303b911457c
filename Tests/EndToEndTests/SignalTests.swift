import Foundation
import TestSupport
import Testing

/// Scores a pipe, whose end does not come, and sends a signal once the output's temporary file is there.
@Test("a signal leaves no temporary file", arguments: [SIGINT, SIGTERM, SIGHUP])
func signalLeavesNothing(kind: Int32) throws {
    try Workplace.make { place in
        let recipe = try place.file("wine.yaml", wineRecipe)
        #expect(try place.trainer("fit", recipe, "--quiet").status == 0)
        // A shell that runs the tests in the background has them ignore some signals, and so would the command.
        signal(kind, SIG_DFL)
        let pipe = place.path("pipe.csv")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let outcome = try place.run("infer", ["score", pipe, "-o", "scored.csv"]) { process, _ in
            // Opening waits for the reader.
            let writer = FileHandle(forWritingAtPath: pipe)
            try writer?.write(contentsOf: Data(contentsOf: Fixtures.data.appendingPathComponent("wine.csv")))
            for _ in 0..<2_000 where try unfinished(place).isEmpty { usleep(5_000) }
            #expect(try unfinished(place).count == 1)
            kill(process.processIdentifier, kind)
            try writer?.close()
        }
        #expect(outcome.status == -kind)
        #expect(try unfinished(place).isEmpty && !place.exists("scored.csv"))
    }
}

private func unfinished(_ place: Workplace) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: place.folder.path).filter { $0.contains(".saving-") }
}

private let wineRecipe = """
    name: wine
    data: { csv: \(Fixtures.data.path)/wine.csv, target: quality, preprocess: [StandardScaler] }
    model: [{ Dense: { units: 1, activation: sigmoid } }]
    compile: { loss: binary_crossentropy }
    fit: { epochs: 1, seed: 1 }
    """

@Test("with --json an error is one object, and a table on standard output is the table")
func oneObjectForAnError() throws {
    try Workplace.make { place in
        let recipe = try place.file("wine.yaml", wineRecipe)
        #expect(try place.trainer("fit", recipe, "--quiet").status == 0)
        let table = try place.file("two.csv", "a,b\n1,2\n")
        for arguments in [
            ["score", table, "--json"], ["score", table, "--json", "--model", "wine"],
            ["score", "--json"], ["nothing.png", "--json"], ["evaluate", table, "--json"],
            ["score", table, "--json", "--no-such-option"],
        ] {
            let outcome = try place.run("infer", arguments)
            let lines = outcome.errors.split(separator: "\n")
            #expect(outcome.status != 0 && lines.count == 1, "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.hasPrefix("{\"error\": {\"message\": \""), "\(arguments)")
            #expect(!outcome.errors.contains("\"message\": \"\""), "\(arguments)")
            #expect(outcome.output.isEmpty)
        }
        let scored = try place.infer("score", Fixtures.data.path + "/wine.csv", "--json", "--model", "wine")
        #expect(scored.status == 0 && scored.errors.isEmpty && scored.output.hasPrefix("fixed acidity,"))
    }
}
