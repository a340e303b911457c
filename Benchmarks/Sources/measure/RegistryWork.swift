import Base
import Foundation
import Registry

/// Four metrics over 30 epochs, as in the peer's run.
private func exampleFacts(_ number: Int, name: String = "mnist") -> ModelFacts {
    let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(number)).ISO8601Format()
    var facts = ModelFacts(name: name, created: time, generation: "keras-2.10-h5")
    for metric in ["loss", "accuracy", "val_loss", "val_accuracy"] {
        let values = (0..<30).map { 0.1 + Double($0 + number % 97) / 100 }
        facts.history.append(.init(name: metric, values: values))
        let isValidation = metric.hasPrefix("val_")
        facts.metrics.append(
            .init(
                split: isValidation ? "validation" : "train",
                name: isValidation ? String(metric.dropFirst(4)) : metric, value: values[29]))
    }
    facts.hyperparameters = Hyperparameters(config: [
        "batch_size": .integer(32), "learning_rate": .number(0.01),
    ])
    return facts
}

/// A little file in the store, so that the index is measured and not the model's bytes.
private func placeFile(_ number: Int, in folder: URL) throws -> URL {
    let file = folder.appendingPathComponent("Model_\(number)_.h5")
    try Data("\(number)".utf8).write(to: file)
    return file
}

/// Registering versions whose files lie in the store: each on its own, and with the two durabilities that `ModelStore` has.
func measureRegistering(_ options: Options) throws {
    try measureRegistering(options, .durable, "Cellar", setting: "fdatasync before each is reported")
    try measureRegistering(options, .fast, "Cellar, not flushed", setting: "no fdatasync")
}

private func measureRegistering(
    _ options: Options, _ durability: Durability, _ name: String, setting: String
) throws {
    try options.withFolder { path in
        let folder = URL(fileURLWithPath: path).appendingPathComponent("models")
        let trained = folder.appendingPathComponent("TRAINED_MODEL")
        try FileManager.default.createDirectory(at: trained, withIntermediateDirectories: true)
        let store = ModelStore(at: folder) { _ in nil }
        let count = 200
        var number = 0
        var seconds: [Double] = []
        for run in 0...options.runs {
            let files = try (0..<count).map { _ in
                number += 1
                return (number, try placeFile(number, in: trained))
            }
            let time = try timed(runs: 1, warmUp: false) {
                for (number, file) in files {
                    try store.register(file, facts: exampleFacts(number), durability: durability)
                }
            }
            if run > 0 { seconds += time }
        }
        report("register a version: \(name)", seconds: seconds, items: count, setting: setting)
    }
}

/// `registry list` and `registry compare` as whole processes on a store of many versions.
func measureLists(_ options: Options) throws {
    for count in options.isQuick ? [10_000] : [10_000, 100_000] {
        try options.withFolder { path in
            let folder = URL(fileURLWithPath: path).appendingPathComponent("models")
            let trained = folder.appendingPathComponent("TRAINED_MODEL")
            try FileManager.default.createDirectory(at: trained, withIntermediateDirectories: true)
            for number in 1...count { _ = try placeFile(number, in: trained) }
            // Versions that are compared need real files.
            let compared = [17, count - 1]
            for number in compared {
                let file = try placeFile(number, in: trained)
                try FileManager.default.removeItem(at: file)
                try FileManager.default.copyItem(
                    atPath: "models/TRAINED_MODEL/" + (try denseFile()), toPath: file.path)
            }
            // An index is made from the files that there are, in one go: nobody registers 100,000 one by one here.
            let store = ModelStore(at: folder) { found in
                let words = URL(fileURLWithPath: found.path).lastPathComponent.split(separator: "_")
                return exampleFacts(words.count > 1 ? Int(words[1]) ?? 0 : 0)
            }
            let listed = try store.list(Query(limit: 1))
            precondition(listed.versions.count == 1)
            store.close()

            let command = options.command("registry")
            let list = runs(options.runs * 3, of: [command, "list", "--store", folder.path])
            report("registry list, \(count) versions: Cellar", seconds: list.seconds)
            let compare = runs(
                options.runs * 3,
                of: [command, "compare"] + compared.map { "mnist:\($0)" } + ["--store", folder.path])
            report("registry compare, \(count) versions: Cellar", seconds: compare.seconds)
        }
    }
}
