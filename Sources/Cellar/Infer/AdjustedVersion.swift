import Base
import Foundation
import Infer
import KerasFile
import Metrics
import Network
import Registry
import Tensors

/// A version that predicts with a temperature or a threshold, and the model that it was made from.
public struct AdjustedVersion: Sendable {
    public let version: ModelVersion
    public let from: String
    /// Nil if only the threshold was kept.
    public let temperature: Temperature?
    /// The version's threshold where the temperature moved it, with the one before.
    public let threshold: (before: Double, after: Double)?

    public var json: JSON {
        var object: JSONObject = [
            "version": .string(version.reference), "from": .string(from),
            "calibration": temperature?.json ?? .null,
        ]
        object["threshold"] = threshold.map { ["before": .number($0.before), "after": .number($0.after)] }
        return .object(object)
    }

    /// A sentence for people.
    public var text: String {
        let found = temperature.map { " with temperature \($0.value.fixed(4))" } ?? ""
        let moved =
            threshold.map {
                "Its threshold is \($0.after.measured) in place of \($0.before), so that it answers as before.\n"
            } ?? ""
        return "Saved \(from)\(found) as \(version.reference)\n" + moved
    }
}

extension Store {
    /// Stores the model of an evaluation with a temperature, a positive class and threshold, or both, as a new version. The
    /// model's own file stays as it is.
    func adjust(
        _ evaluation: Evaluation, _ request: EvaluateRequest, _ progress: ProgressReporter
    ) throws(CellarError) -> AdjustedVersion {
        let (place, trusted) = try trusted(evaluation.model)
        var file = try readModel(trusted)
        var facts = file.facts ?? writtenFacts(of: file)
        // The file has the name that the model had when it was saved, or none if Keras wrote it.
        if place.sha256 != nil { facts.name = try models.version(place.reference).model }
        if facts.name.isEmpty { facts.name = ModelStore.modelName(ofFile: place.path) }
        facts.classes = request.models.options.classes ?? facts.classes
        facts.features = request.models.options.features ?? facts.features
        var temperature: Temperature?
        if request.calibrates {
            guard case .classes(let outcome)? = evaluation.details?.outcomes else {
                throw CellarError(
                    .usage, "\(evaluation.model): a temperature is for models that predict one class a row.",
                    remedy: "Omit --calibrate.")
            }
            // Rows of training are those of validation, too, whose temperature is the right one.
            if request.split == nil || request.split == .train, let seen = evaluation.seen?.seen.rows,
                seen > 0
            {
                progress.warn(
                    "\(evaluation.model) was trained on \(seen) of these rows: its temperature is too low. Calibrate on others, such as --split validation."
                )
            }
            let found = try outcome.temperature()
            file.model = try file.model.withTemperature(found.value)
            var object = found.json.object ?? [:]
            object["data"] = .string(request.data)
            object["data_sha256"] = digest(ofData: request).map { .string($0) }
            object["samples"] = .integer(evaluation.count)
            facts.calibration = .object(object)
            // Pictures have a temperature of their own, found with the limits for them. The network divides by the new one
            // already, so that the rest remains.
            facts.picture?.abstention?.temperature /= found.value
            temperature = found
        }
        if request.keepsDecision {
            let options = request.models.options
            guard let threshold = options.threshold,
                case .classes(let outcome)? = evaluation.details?.outcomes
            else {
                throw CellarError(
                    .usage, "there is no threshold to keep.", remedy: "Name it with --threshold.")
            }
            facts.decision = .init(positive: options.positive ?? outcome.names[1], threshold: threshold)
        }
        let threshold = moveThreshold(of: &facts, evaluation, temperature, progress)
        // The measurements hold for the other model.
        facts.metrics = []
        facts.created = Date().ISO8601Format()
        facts.isCheckpoint = false
        let sha256: String
        if let known = place.sha256 {
            sha256 = known
        } else {
            sha256 = try FileDigest(ofFile: place.path).sha256
        }
        facts.parents = [.init(kind: .adjustedFrom, sha256: sha256, reference: evaluation.model)]
        file.optimizerState = nil
        file.facts = facts
        if var golden = file.golden {
            let model = file.model
            golden.outputs = try naming(file: place.path) {
                try Predictor(model, batchSize: 1).predict(golden.inputs)
            }
            file.golden = golden
        }
        let content = file
        do {
            let version = try models.save(facts) { output in try writeModel(content, to: &output, as: .h5) }
            return AdjustedVersion(
                version: version, from: evaluation.model, temperature: temperature, threshold: threshold)
        } catch { throw CellarError(error) }
    }

    /// Moves the threshold with the probabilities that a temperature moves, so that the answers stay.
    private func moveThreshold(
        of facts: inout ModelFacts, _ evaluation: Evaluation, _ temperature: Temperature?,
        _ progress: ProgressReporter
    ) -> (before: Double, after: Double)? {
        guard let temperature, let decision = facts.decision,
            case .classes(let outcome)? = evaluation.details?.outcomes,
            let positive = outcome.names.firstIndex(where: { $0.hasSameBytes(as: decision.positive) })
        else { return nil }
        guard
            let moved = outcome.moved(
                decision.threshold, positive: positive, by: temperature.value)
        else {
            progress.warn(
                "\(evaluation.model): with the temperature \(temperature.value.fixed(4)) no threshold answers as \(decision.threshold) did. Choose another one with --threshold and --keep."
            )
            return nil
        }
        facts.decision?.threshold = moved
        return (decision.threshold, moved)
    }

    /// Records an evaluation in the store's log.
    func record(_ evaluation: Evaluation, _ request: EvaluateRequest) throws(CellarError) {
        var metrics = JSONObject()
        for (name, value) in evaluation.figures { metrics[name] = JSON(finite: value) }
        metrics["samples"] = .integer(evaluation.count)
        metrics["seen"] = evaluation.seen.map { .integer($0.seen.rows) }
        let version = try models.version(evaluation.model)
        try models.recordEvaluation(
            of: version, data: evaluation.data, sha256: digest(ofData: request), metrics: .object(metrics))
    }
}
