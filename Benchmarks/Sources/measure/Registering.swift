import Facts
import Foundation
import Glibc
import Registry

/// Versions with 30 epochs of 4 metrics each: registered where their file lies in the store already, and saved, with a
/// file of the size of an MNIST model, as durable as `ModelStore` has it.
func measureRegistering(runs: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cellar-measure-\(getpid())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = ModelStore(at: folder) { _ in nil }
    let bytes = Data((0..<1_100_000).map { _ in UInt8.random(in: 0...255) })
    var facts = exampleFacts()
    _ = try store.save(facts) { try bytes.write(to: $0) }

    let count = 50
    let names = folder.appendingPathComponent("TRAINED_MODEL")
    var number = 0
    var seconds: [Double] = []
    for _ in 0..<runs {
        // Little files, so that the index is measured and not their bytes.
        let files = try (0..<count).map { _ in
            number += 1
            let file = names.appendingPathComponent("Model_small_\(number)_.h5")
            try Data("\(number)".utf8).write(to: file)
            return file
        }
        seconds += try timed(runs: 1, warmUp: false) {
            for file in files { try store.register(file, facts: facts) }
        }
    }
    report("register a version", seconds: seconds, items: count)
    seconds = try timed(runs: runs) {
        for _ in 0..<count {
            // Its file's name: many of one second would only look for a free one.
            number += 1
            facts.created =
                "2026-11-\(10 + number / 3600 % 20)T12:\(10 + number / 60 % 50):\(10 + number % 50)Z"
            _ = try store.save(facts) { write(bytes, to: $0.path) }
        }
    }
    report("save and register a version of 1.1 MB", seconds: seconds, items: count)
    seconds = timed(runs: runs) {
        for _ in 0..<count {
            let file = folder.appendingPathComponent("beside")
            write(bytes, to: file.path)
            let descriptor = unsafe open(file.path, O_RDONLY)
            fsync(descriptor)
            close(descriptor)
            unlink(file.path)
        }
    }
    report("the disk alone: write and flush 1.1 MB", seconds: seconds, items: count)
}

/// One `write`, as the HDF5 writer does it.
private func write(_ bytes: Data, to path: String) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    bytes.withUnsafeBytes { bytes in
        precondition(unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count) == bytes.count)
    }
    close(descriptor)
}

private func exampleFacts() -> ModelFacts {
    var facts = ModelFacts(name: "mnist", created: "2026-11-22T12:30:05Z", generation: "keras-2.10-h5")
    for name in ["loss", "accuracy", "val_loss", "val_accuracy"] {
        let values = (0..<30).map { 0.1 + Double($0) / 100 }
        facts.history.append(.init(name: name, values: values))
        let split = name.hasPrefix("val_") ? "validation" : "train"
        facts.metrics.append(
            .init(
                split: split, name: name.hasPrefix("val_") ? String(name.dropFirst(4)) : name,
                value: values[29]))
    }
    facts.hyperparameters = ["batch_size": .integer(32), "learning_rate": .number(0.01)]
    return facts
}
