import Foundation
import Base
import TestSupport
import Testing

@testable import EventFiles
@testable import Trainer

/// The files written by Keras' callback; see make_tensorboard.py.
private func golden(_ name: String) throws -> Data {
    try Data(
        contentsOf: Fixtures.repository.appendingPathComponent(
            "Tests/TrainerTests/Golden/tensorboard." + name))
}

/// Returns the messages of a file of records, without checking checksums.
private func messages(_ file: Data) throws -> [Data] {
    var (found, rest) = ([Data](), file[...])
    while !rest.isEmpty {
        let count = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        try #require(rest.count >= count + 16)
        found.append(Data(rest.dropFirst(12).prefix(count)))
        rest = rest.dropFirst(count + 16)
    }
    return found
}

/// Returns the time of an event: the eight bytes after the first key.
private func time(_ message: Data) -> Double {
    Double(bitPattern: message.dropFirst().prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
}

@Test("records and scalars have the same bytes as Keras'", arguments: ["train", "validation"])
func sameBytes(part: String) throws {
    let history = try JSON(parsing: [UInt8](golden("json")))
    let file = try golden(part)
    let all = try messages(file)
    #expect(all.map(Records.record).reduce(Data(), +) == file)
    // Keras also writes validation metrics per batch.
    let epochs = all.dropFirst().filter { $0.range(of: Data("_vs_iterations".utf8)) == nil }
    let names = part == "train" ? ["accuracy", "loss"] : ["val_accuracy", "val_loss"]
    var expected: [Data] = []
    for epoch in 0..<3 {
        for name in names {
            let value = try #require(history[name]?.array?[epoch].double)
            let tag = "epoch_" + name.replacing("val_", with: "")
            expected.append(message(tag, value, epoch))
        }
        if part == "train" { expected.append(message("epoch_learning_rate", Double(Float(0.01)), epoch)) }
    }
    func message(_ tag: String, _ value: Double, _ epoch: Int) -> Data {
        let index = expected.count
        let when = index < epochs.count ? time(epochs[epochs.startIndex + index]) : 0
        return Event(time: when, step: epoch, content: .scalar(tag: tag, Float(value))).wireData
    }
    #expect(Array(epochs) == expected)
}

@Test("the callback writes a training and a validation file for TensorBoard")
func callback() throws {
    try Fixtures.temporaryFolder { folder in
        let run = FakeRun()
        var board = TensorBoard(.init(folder: folder.path + "/logs/fit"))
        try board.trainingBegins(run)
        for epoch in 4..<6 {
            var logs = EpochLogs(["loss": 0.5, "val_loss": 0.25])
            try board.epochEnds(epoch, &logs, run)
        }
        for (part, tags) in [("train", ["loss", "learning_rate"]), ("validation", ["loss"])] {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/logs/fit/" + part)
            try #require(names.count == 1 && names[0].hasPrefix("events.out.tfevents."))
            let file = try Data(
                contentsOf: folder.appendingPathComponent("logs/fit/\(part)/\(names[0])"))
            let all = try messages(file)
            #expect(all[0] == Event(time: time(all[0]), content: .version).wireData)
            let expected = (4..<6).flatMap { epoch in
                tags.map { tag -> (Int, String, Float) in
                    (epoch, "epoch_" + tag, tag != "loss" ? 0.3 : part == "train" ? 0.5 : 0.25)
                }
            }
            #expect(all.count == 1 + expected.count)
            for (found, (epoch, tag, value)) in zip(all.dropFirst(), expected) {
                #expect(
                    found == Event(time: time(found), step: epoch, content: .scalar(tag: tag, value)).wireData
                )
            }
        }
    }
}

@Test("training does not start if the log folder cannot be created")
func unwritableLogs() throws {
    try Fixtures.temporaryFolder { folder in
        try Data().write(to: folder.appendingPathComponent("file"))
        var board = TensorBoard(.init(folder: folder.path + "/file/logs"))
        let error = #expect(throws: CellarError.self) { try board.trainingBegins(FakeRun()) }
        #expect(error?.category == .cannotCreate && error?.explanation.contains("log_dir") == true)
    }
}
