import Base
import Network
import Registry

/// The course of a version's training, epoch by epoch: its history, the learning rates, and where training went on from another version.
public struct TrainingCourse: Sendable {
    public let reference: String
    public let facts: ModelFacts
    public let resumes: [Resume]
    /// One for each epoch; NaN where it is not known. Empty if it is known of none.
    public let learningRates: [Double]

    /// A point at which training was continued.
    public struct Resume: Equatable, Sendable {
        /// The last epoch before it.
        public let epoch: Int
        /// The version that was continued.
        public let reference: String
    }

    public var epochs: Int { facts.history.map(\.values.count).max() ?? 0 }

    /// The epoch of the model's weights, or else that of the best validation loss, with the reason.
    public var best: (epoch: Int, reason: String)? {
        if let restored = facts.hyperparameters.restoredEpoch, restored > 0, restored <= epochs {
            return (restored, "epoch \(restored), restored")
        }
        let series =
            facts.history.first { $0.name == "val_loss" } ?? facts.history.first { $0.name == "loss" }
        guard let series else { return nil }
        let usable = series.values.indices.filter { series.values[$0].isFinite }
        guard let best = usable.min(by: { series.values[$0] < series.values[$1] }) else { return nil }
        return (best + 1, "lowest \(series.name), epoch \(best + 1)")
    }
}

extension Store {
    /// The courses of versions, for one figure.
    public func courses(of references: [String]) throws(CellarError) -> [TrainingCourse] {
        var courses: [TrainingCourse] = []
        for reference in references {
            let version = try models.version(reference)
            let course = try course(of: version, try models.facts(of: version))
            guard course.epochs > 0 else {
                throw CellarError(
                    .badData, "\(course.reference) has no history: its file does not tell how it was trained."
                )
            }
            if !courses.contains(where: { $0.reference == course.reference }) { courses.append(course) }
        }
        return courses
    }

    private func course(of version: ModelVersion, _ facts: ModelFacts) throws(CellarError) -> TrainingCourse {
        let epochs = facts.history.map(\.values.count).max() ?? 0
        var resumes: [TrainingCourse.Resume] = []
        var rates = [Double](repeating: .nan, count: epochs)
        // From the last run back to the first; each parent has fewer epochs, so that this ends.
        var (run, end) = (facts, epochs)
        while end > 0 {
            let parent = run.parents.first { $0.kind == .resumedFrom }
            let known = parent.flatMap { try? models.version($0.sha256) }
            let earlier = known.flatMap { try? models.facts(of: $0) }
            let start = earlier?.history.map(\.values.count).max() ?? 0
            if parent == nil || start > 0, start < end {
                fillRates(&rates, of: run, from: start, to: end)
            }
            guard let known, let earlier, start > 0, start < end else { break }
            resumes.insert(.init(epoch: start, reference: known.reference), at: 0)
            (run, end) = (earlier, start)
        }
        // What was measured goes before what the options say.
        if let measured = facts.history.first(where: { $0.name == "lr" || $0.name == "learning_rate" }) {
            for (epoch, rate) in measured.values.enumerated() where rate.isFinite { rates[epoch] = rate }
        }
        return TrainingCourse(
            reference: version.reference, facts: facts, resumes: resumes,
            learningRates: rates.contains { !$0.isNaN } ? rates : [])
    }

    /// The rates that the optimizer's options give for the epochs of one run: a constant, or a schedule by steps.
    private func fillRates(_ rates: inout [Double], of facts: ModelFacts, from start: Int, to end: Int) {
        if let rate = facts.hyperparameters.learningRate {
            for epoch in start..<end { rates[epoch] = rate }
        } else if let json = facts.hyperparameters.config["learning_rate"],
            let schedule = try? LearningRateSchedule(from: json), let batch = facts.hyperparameters.batchSize,
            let rows = facts.dataset?.trainRows, batch > 0, rows > 0
        {
            let steps = rows / batch + (rows % batch > 0 ? 1 : 0)
            for epoch in start..<end {
                // The file may name any number of rows.
                let (step, isTooLarge) = epoch.multipliedReportingOverflow(by: steps)
                if !isTooLarge { rates[epoch] = Double(schedule.rate(after: step)) }
            }
        }
    }
}
