import Foundation
import TestSupport
import Testing

private let recipe = """
    name: wine
    data: { csv: \(Fixtures.data.path)/wine.csv, target: quality, preprocess: [StandardScaler] }
    model: [{ Dense: { units: 8, activation: relu } }, { Dense: { units: 1, activation: sigmoid } }]
    compile: { loss: binary_crossentropy }
    fit: { epochs: 40, batch_size: 32, validation_split: 0.2 }
    """

/// The processes that a process has started.
private func children(of process: Int32) -> [Int32] {
    let text = try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
    return (text ?? "").split(separator: " ").compactMap { Int32($0) }
}

/// A terminal sends Ctrl-C to the sweep and to its workers alike.
@Test("a sweep that is interrupted ends its trials, and the same command goes on with the others")
func interruptedSweep() throws {
    try Workplace.make { place in
        _ = try place.file("r.yaml", recipe)
        _ = try place.file("s.yaml", "recipe: r.yaml\nset: { fit.seed: { from: 1, to: 30 } }\n")
        signal(SIGINT, SIG_DFL)
        var workers: [Int32] = []
        let outcome = try place.run("trainer", ["sweep", "s.yaml", "--workers", "2"]) { process, _ in
            for _ in 0..<6_000 where (try? place.text("output.txt"))?.contains("trial") != true {
                usleep(5_000)
            }
            workers = children(of: process.processIdentifier)
            for one in [process.processIdentifier] + workers { kill(one, SIGINT) }
        }
        #expect(outcome.status == 130, "\(outcome.errors)")
        #expect(workers.count == 2 && workers.allSatisfy { kill($0, 0) != 0 })
        #expect(outcome.output.contains("Interrupted. The same command goes on"))
        #expect(
            outcome.errors == "\nEnding after the trials that are being trained; once more quits at once.\n")
        #expect(!outcome.output.contains("failed"))
        let before = try place.registry("list", "--json").json.array?.count ?? 0
        #expect((1..<30).contains(before))
        let folder = try FileManager.default.contentsOfDirectory(atPath: place.path("models/TRAINED_MODEL"))
        #expect(folder.count == before && folder.allSatisfy { !$0.contains(".saving-") })

        let again = try place.trainer("sweep", "s.yaml", "--workers", "2", "--json")
        #expect(again.status == 0, "\(again.errors)")
        let result = try again.json
        #expect(result["found"]?.int == before && result["trained"]?.int == 30 - before)
        #expect(try place.registry("list", "--json").json.array?.count == 30)
    }
}
