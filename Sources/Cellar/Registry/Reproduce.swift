import Base
import KerasFile
import Network
import Registry
import Tensors
import Trainer

/// A version that was trained again.
public struct Reproduction: Sendable {
    public let reference: String
    /// SHA-256 of all weights in the file, and after the new training.
    public let expected, found: String
    /// Inputs that are not those of the first training, one sentence each.
    public let differences: [String]

    public var isEqual: Bool { expected == found }

    public var json: JSON {
        [
            "reference": .string(reference), "equal": .bool(isEqual), "expected": .string(expected),
            "found": .string(found), "differences": .array(differences.map { .string($0) }),
        ]
    }
}

extension Store {
    /// Trains a version again from its recipe, data, seed, threads and parents, and compares the weights. Nothing is saved.
    ///
    /// Throws where an input is missing or is not the recorded one, and names it.
    public func reproduce(_ reference: String, progress: ProgressReporter = .none) throws -> Reproduction {
        let (file, trusted) = try trusted(reference)
        let saved = try readModel(trusted)
        guard let facts = saved.facts, facts.recipe != nil else {
            throw CellarError(
                .badData, "cannot reproduce \(file.reference): it was not trained by `trainer fit`.",
                remedy: "Only versions with a recipe can be trained again; `registry show` prints it.")
        }
        func place(_ error: CellarError) -> CellarError {
            var error = error
            error.message = "cannot reproduce \(file.reference): \(error.message)"
            return error
        }
        let start: Training.Start?
        let data: PreparedData
        let recipe: Recipe
        do throws(CellarError) {
            start = try self.start(of: facts)
            recipe = try Recipe(repeating: facts, from: start?.file)
            data = try PreparedData(recipe) { progress.report(.dataRead($0)) }
        } catch { throw place(error) }
        let now = data.dataset
        if let recorded = facts.dataset, recorded.sha256 != now.sha256 {
            throw place(
                CellarError(
                    .badData,
                    "the data differ: the SHA-256 is \(now.sha256), and was \(recorded.sha256) when it was trained.",
                    file: now.path, remedy: "Restore the data from a backup or git."))
        }
        let training = try Training(recipe, data: data, from: start, commandLine: facts.commandLine)
        let outcome = try training.run(observer: nil, shouldStop: progress.isCancelled)
        if case .interrupted = outcome.end { throw CellarError(.cancelled, "cancelled.") }
        return Reproduction(
            reference: file.reference, expected: weightsDigest(saved.model),
            found: weightsDigest(training.model),
            differences: differences(facts, training))
    }

    /// The model that the version resumed from.
    private func start(of facts: ModelFacts) throws(CellarError) -> Training.Start? {
        guard let parent = facts.parents.first(where: { $0.kind == .resumedFrom }) else { return nil }
        guard let known = try models.file(withDigest: parent.sha256) else {
            throw CellarError(
                .noInput,
                "the model that it resumed from is not in the store: \(parent.reference), SHA-256 \(parent.sha256).",
                remedy: "Merge or import it first.")
        }
        return Training.Start(
            file: try readModel(trusted(known)), reference: parent.reference, sha256: parent.sha256)
    }

    private func differences(_ facts: ModelFacts, _ training: Training) -> [String] {
        var found: [String] = []
        let host = training.host
        if let old = facts.host {
            if old.vectorExtensions != host.vectorExtensions {
                found.append("the processor has \(host.vectorExtensions), and had \(old.vectorExtensions)")
            } else if old.processor != host.processor {
                found.append("the processor is \(host.processor), and was \(old.processor)")
            }
            if old.blas != host.blas { found.append("the kernels are \(host.blas), and were \(old.blas)") }
            if old.threads != host.threads {
                found.append("threads: \(host.threads), and were \(old.threads)")
            }
        }
        if facts.hyperparameters.interrupted != nil { found.append("the run was interrupted") }
        return found
    }
}

/// SHA-256 of all weights, in the order of the layers.
private func weightsDigest(_ model: Model) -> String {
    var hash = SHA256()
    for tensor in model.weights.flatMap({ $0 }) {
        unsafe tensor.values.withUnsafeBytes { unsafe hash.update($0) }
    }
    return hash.finish()
}
