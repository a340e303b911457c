import Base
import Datasets
import EventFiles
import Foundation
import Network
import Tensors

/// Writes a run for TensorBoard: the metrics of each epoch (`epoch_loss`, `epoch_accuracy`, `epoch_learning_rate` …) in the
/// folders `train` and `validation`, which TensorBoard shows in one chart; the graph, the hyper-parameters, and if wanted
/// metrics per batch, histograms of weights and gradients, and pictures.
///
/// Source: Keras 3's TensorBoard. Hyper-parameters, gradients, confusion matrix and mistakes are additions.
public struct TensorBoard: Callback {
    let options: Options
    private var training, validation, session: EventFile?
    private var lastEpochEnded = ContinuousClock.now
    private var lastBatchEnded = ContinuousClock.now

    public init(_ options: Options) { self.options = options }

    /// Creates the first file, so that an unwritable folder fails before the first epoch.
    public mutating func trainingBegins(_ run: any TrainingRun) throws(CellarError) {
        let drawsMistakes = options.mistakesFrequency > 0
        let draws = drawsMistakes || options.confusionMatrixFrequency > 0
        let state = options.writesGraph || options.writesHyperparameters || draws ? run.state() : nil
        if draws, let state { try ValidationPictures.check(state, mistakes: drawsMistakes) }
        let file = try file("train")
        training = file
        run.note("TensorBoard: \(options.folder)")
        if let state {
            if options.writesGraph { try writeGraph(state.model, to: file) }
            if options.writesHyperparameters { try beginSession(state.about) }
        }
        (lastEpochEnded, lastBatchEnded) = (.now, .now)
    }

    /// The earlier epochs are in the files of the earlier run.
    public mutating func resumes(after earlier: [EpochLogs], _ run: any TrainingRun) {}

    public var watchesBatches: Bool { options.updateFrequency != .epoch }

    public mutating func batchEnds(
        _ step: Int, _ logs: () -> EpochLogs, _ run: any TrainingRun
    ) throws(CellarError) {
        guard case .batches(let frequency) = options.updateFrequency else { return }
        let seconds = seconds(since: lastBatchEnded)
        lastBatchEnded = .now
        guard step % frequency == 0 else { return }
        let time = now()
        if options.writesStepsPerSecond {
            try write(1 / seconds, "batch_steps_per_second", step, time, to: training)
        }
        for entry in logs().entries {
            try write(entry.value, "batch_" + entry.name, step, time, to: training)
        }
    }

    public mutating func epochEnds(
        _ epoch: Int, _ logs: inout EpochLogs, _ run: any TrainingRun
    ) throws(CellarError) {
        let time = now()
        let iterations = (epoch + 1) * run.stepsPerEpoch
        for entry in logs.entries {
            let isValidation = entry.name.hasPrefix("val_")
            if isValidation, validation == nil { validation = try file("validation") }
            let name = isValidation ? String(entry.name.dropFirst(4)) : entry.name
            try write(entry.value, "epoch_" + name, epoch, time, to: isValidation ? validation : training)
            if isValidation, iterations > 0 {
                try write(entry.value, "evaluation_\(name)_vs_iterations", iterations, time, to: validation)
            }
        }
        try write(run.learningRate, "epoch_learning_rate", epoch, time, to: training)
        if options.writesStepsPerSecond, run.stepsPerEpoch > 0 {
            let rate = Double(run.stepsPerEpoch) / seconds(since: lastEpochEnded)
            try write(rate, "epoch_steps_per_second", epoch, time, to: training)
        }
        try writeState(epoch, run)
        (lastEpochEnded, lastBatchEnded) = (.now, .now)
    }

    public mutating func trainingEnds(_ run: any TrainingRun) throws(CellarError) {
        try session?.write(Event(time: now(), content: .sessionEnd(succeeded: true)))
    }

    /// Writes what needs the network itself.
    private func writeState(_ epoch: Int, _ run: any TrainingRun) throws(CellarError) {
        func isDue(_ frequency: Int) -> Bool { frequency > 0 && epoch % frequency == 0 }
        let (matrix, mistakes) = (
            isDue(options.confusionMatrixFrequency), isDue(options.mistakesFrequency)
        )
        guard isDue(options.histogramFrequency) || matrix || mistakes, let state = run.state() else { return }
        if isDue(options.histogramFrequency), let training {
            try writeWeights(of: state, epoch, options, to: training)
        }
        if matrix || mistakes, let validation {
            let pictures = try ValidationPictures(state)
            if matrix { try pictures.writeMatrix(epoch, to: validation) }
            if mistakes { try pictures.writeMistakes(epoch, to: validation) }
        }
    }

    private mutating func beginSession(_ about: RunDescription) throws(CellarError) {
        let file = try EventFile(in: options.folder)
        session = file
        var values: [(name: String, value: HyperparameterValue)] = []
        for (name, value) in about.hyperparameters.members {
            switch value {
            case .null: continue
            case .bool(let flag): values.append((name, .bool(flag)))
            case .integer(let number): values.append((name, .number(Double(number))))
            case .number(let number): values.append((name, .number(number)))
            case .string(let text): values.append((name, .text(text)))
            default: values.append((name, .text(value.text())))
            }
        }
        try file.write(Event(time: now(), content: .hyperparameters(values, group: "")))
    }

    private func file(_ name: String) throws(CellarError) -> EventFile {
        do { return try EventFile(in: options.folder + "/" + name) } catch {
            throw error.advising("Choose another log_dir for TensorBoard.")
        }
    }

    private func write(
        _ value: Double, _ tag: String, _ step: Int, _ time: Double, to file: EventFile?
    ) throws(CellarError) {
        try file?.write(Event(time: time, step: step, content: .scalar(tag: tag, Float(value))))
    }
}

func now() -> Double { Date().timeIntervalSince1970 }

private func seconds(since start: ContinuousClock.Instant) -> Double {
    let time = (ContinuousClock.now - start).components
    return max(Double(time.seconds) + Double(time.attoseconds) * 1e-18, 1e-9)
}
