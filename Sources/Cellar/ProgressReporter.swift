import Base
import Datasets

/// Receives the progress of long work and can cancel it. The caller decides what it does with the reports: a bar on a
/// terminal, lines of JSON, or nothing.
public struct ProgressReporter: Sendable {
    /// Receives what the user should know before trusting a result.
    public var warn: @Sendable (String) -> Void
    /// Receives each step of the work.
    public var report: @Sendable (ProgressEvent) -> Void
    /// Asked between steps; true ends the work.
    public var isCancelled: @Sendable () -> Bool

    public init(
        warn: @escaping @Sendable (String) -> Void = { _ in },
        report: @escaping @Sendable (ProgressEvent) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        (self.warn, self.report, self.isCancelled) = (warn, report, isCancelled)
    }

    /// Reports nothing and never cancels.
    public static let none = ProgressReporter()
}

extension ProgressReporter {
    func checkCancellation() throws(CellarError) {
        if isCancelled() { throw CellarError(.cancelled, "the work was cancelled.") }
    }

    /// Reports a block of work; an error if the caller wants no more.
    func samplesDone(_ count: Int) throws(CellarError) {
        report(.samplesDone(count))
        try checkCancellation()
    }
}

/// A step of long work.
public enum ProgressEvent: Sendable {
    /// The rows of a training were read.
    case dataRead(DataSummary)
    /// A training is about to begin.
    case prepared(FitPlan)
    case epochBegan(Int, of: Int, steps: Int)
    /// Reported at most 20 times a second.
    case batchEnded(step: Int, values: [(name: String, value: Double)])
    case epochEnded(values: [(name: String, value: Double)])
    /// So many samples of a table or array are done.
    case samplesDone(Int)
    /// One file of several failed; the work goes on with the others.
    case failed(CellarError)
    case note(String)
}
