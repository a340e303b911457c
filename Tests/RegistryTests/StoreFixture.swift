import Base
import Foundation
import TestSupport

@testable import Registry

/// In these tests a model file is the JSON text of its facts: the registry never looks inside, it asks a reader.
/// A file that begins with "keras" is one without facts; anything else is no model.
func readTestFacts(_ file: URL) throws -> ModelFacts? { try readTestFacts(file.path) }

func readTestFacts(_ found: ModelStore.FoundBytes) throws -> ModelFacts? { try readTestFacts(found.path) }

private func readTestFacts(_ path: String) throws -> ModelFacts? {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    if text.hasPrefix("keras") { return nil }
    guard let facts = ModelFacts(json: try JSON(parsing: text)) else {
        throw CellarError(.badData, "no facts in \(path)")
    }
    return facts
}

func makeFacts(
    _ name: String = "mnist", created: String = "2026-11-22T12:30:05Z", accuracy: Double? = nil,
    seed: Int? = nil
) -> ModelFacts {
    var facts = ModelFacts(
        name: name, created: created, generation: "keras-2.10-h5", architecture: "abc",
        trainableParameters: 10,
        nonTrainableParameters: 2)
    facts.task = .multiclass
    facts.seed = seed
    if let accuracy {
        facts.metrics = [
            .init(split: "train", name: "loss", value: 1 - accuracy),
            .init(split: "validation", name: "accuracy", value: accuracy),
        ]
    }
    return facts
}

extension ModelStore {
    convenience init(in folder: URL, onStep: @escaping @Sendable (SaveStep) -> Void = { _ in }) {
        self.init(at: folder, reader: readTestFacts, onStep: onStep)
    }

    @discardableResult
    func save(_ facts: ModelFacts) throws -> ModelVersion {
        try save(facts) { try $0.write(facts.json.text()) }
    }

    func importTestFile(_ file: URL, name: String? = nil) throws -> Imported {
        let isFile = FileSystem.size(ofFile: file.path) != nil
        return try importFile(file, facts: isFile ? try readTestFacts(file) : nil, name: name)
    }

    /// Registers versions 1 to `count` of mnist with one change, without files.
    func registerMany(_ count: Int) throws {
        _ = try? index()
        try FileSystem.makeFolder(root)
        try commit("fill") { db in
            (1...count).map { i in
                let facts = makeFacts(
                    created: noon(plus: i), accuracy: Double(i * 7919 % count) / Double(count))
                let key = VersionKey(model: "mnist", number: i, sha256: sha256(of: "\(i)"))
                return Event(
                    kind: "registered",
                    content: Event.registration(
                        key, file: "\(i).h5", size: i, facts: facts, importedFrom: nil))
            }
        }
    }

    /// A store's whole content in the words of its users, without the index's own ids.
    func content() throws -> [String] {
        try list(Query(sort: "model")).versions.map { version in
            "\(version.reference) \(version.file) \(version.sha256) \(version.aliases) \(version.metrics) "
                + "\(try tags(of: version)) \(try record(of: version).parents) \(try facts(of: version))"
        }
    }
}

/// Returns the text of the error that `body` throws; empty if it throws none.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch { return "\(error)" }
}

/// Returns a time `seconds` after noon on 2026-11-22.
func noon(plus seconds: Int) -> String { Timestamp.of(secondsSince1970: 1_795_348_800 + seconds) }
