import Base
import EventFiles
import Foundation
import MetricFigures
import Metrics
import Network
import Plots
import Tensors

/// Pictures of how the network predicts the validation rows: the confusion matrix, and the mistakes of which it is most sure.
struct ValidationPictures {
    private let classes: [String]
    private let picture: ModelFacts.Picture?
    private let samples: Samples
    private let truth, prediction: [Int32]
    private let confidence: [Float]

    /// Throws before the first epoch if pictures cannot be made of this run.
    static func check(_ state: RunState, mistakes: Bool) throws(CellarError) {
        guard state.about.classes.count > 1, state.model.outputs.count == 1,
            ![0, 1].contains(state.validation?.count ?? 0), !isMultiLabel(state)
        else {
            throw CellarError(
                .usage,
                "TensorBoard: pictures of the confusion matrix and of mistakes need one class per row.",
                remedy: "Leave out confusion_matrix_freq and mistakes_freq.")
        }
        if mistakes, shape(of: state) == nil {
            throw CellarError(
                .usage, "TensorBoard: pictures of mistakes need samples that are pictures.",
                remedy: "Leave out mistakes_freq.")
        }
        // The program that draws may be missing: that must not end a run after its first epoch.
        _ = try Figure(title: "", panels: []).file(.png)
    }

    private static func isMultiLabel(_ state: RunState) -> Bool {
        state.model.outputShapes[0].reduce(1, *) > 1 && state.objective.loss?.isForEachOutput == true
            && state.model.lastActivation() != .softmax
    }

    /// Height, width and channels of the samples; nil if they are no pictures.
    private static func shape(of state: RunState) -> (height: Int, width: Int, channels: Int)? {
        if let form = state.about.picture { return (form.height, form.width, form.channels) }
        let shape = state.model.inputShapes[0]
        if shape.count == 2 { return (shape[0], shape[1], 1) }
        return shape.count == 3 && [1, 3].contains(shape[2]) ? (shape[0], shape[1], shape[2]) : nil
    }

    init(_ state: RunState) throws(CellarError) {
        guard let validation = state.validation else { throw CellarError("there are no validation rows") }
        (classes, picture, samples) = (state.about.classes, state.about.picture, validation.inputs[0])
        self.shape = ValidationPictures.shape(of: state)
        let output = try Predictor(state.model.foldedForInference()).predict(validation.inputs)[0]
        let rows = validation.count
        let width = output.values.count / rows
        var (truth, prediction, confidence) = ([Int32](), [Int32](), [Float]())
        let loss = state.objective.loss
        let border: Float = loss?.fromLogits == true || loss?.isForMargins == true ? 0 : 0.5
        for row in 0..<rows {
            let values = output.values[row * width..<(row + 1) * width]
            let first = values.startIndex
            if width == 1 {
                prediction.append(values[first] > border ? 1 : 0)
                confidence.append(abs(values[first] - border))
            } else {
                let best = values.indices.max { values[$0] < values[$1] } ?? first
                prediction.append(Int32(best - first))
                // Logits as probabilities, so that one row can be compared with another.
                let sum = loss?.fromLogits == true ? values.reduce(0) { $0 + exp($1 - values[best]) } : 1
                confidence.append(loss?.fromLogits == true ? 1 / sum : values[best])
            }
            truth.append(ValidationPictures.truth(validation.targets[0], row))
        }
        (self.truth, self.prediction, self.confidence) = (truth, prediction, confidence)
    }
    private let shape: (height: Int, width: Int, channels: Int)?

    private static func truth(_ targets: Targets, _ row: Int) -> Int32 {
        switch targets {
        case .classes(let classes): return classes[row]
        case .values(let values, 1): return values[row] > 0.5 ? 1 : 0
        case .values(let values, let width):
            let own = values[row * width..<(row + 1) * width]
            return Int32((own.indices.max { own[$0] < own[$1] } ?? own.startIndex) - own.startIndex)
        }
    }

    func writeMatrix(_ epoch: Int, to file: EventFile) throws(CellarError) {
        guard
            let matrix = try ConfusionMatrix.ifReadable(
                truth: truth, prediction: prediction, classes: classes)
        else { return }
        try write(
            matrix.figure(title: "Confusion matrix", subtitle: "epoch \(epoch + 1)", normalisation: .truth),
            "confusion_matrix", epoch, to: file)
    }

    func writeMistakes(_ epoch: Int, to file: EventFile) throws(CellarError) {
        guard let shape else { return }
        let wrong = truth.indices.filter { truth[$0] != prediction[$0] }
        let worst = wrong.sorted { (confidence[$0], $1) > (confidence[$1], $0) }.prefix(16)
        guard !worst.isEmpty else { return }
        let pictures = worst.map { row in
            CaptionedPicture(
                pixels(row, shape),
                caption: "predicted \(classes[Int(prediction[row])]), actual \(classes[Int(truth[row])])")
        }
        try write(
            pictureSheet(
                pictures, title: "Mistakes",
                subtitle: "epoch \(epoch + 1): \(wrong.count) of \(truth.count) wrong"),
            "mistakes", epoch, to: file)
    }

    private func pixels(_ row: Int, _ shape: (height: Int, width: Int, channels: Int)) -> PixelImage {
        let values: [Float]
        switch samples.selecting([row]).storage {
        case .bytes(let bytes): values = bytes.map { Float($0) }
        case .floats(let floats): values = floats
        case .texts: values = []
        }
        let white = picture?.white ?? max(values.max() ?? 1, 1)
        let bytes = values.map { UInt8(max(0, min(255, ($0.isFinite ? $0 : 0) / white * 255))) }
        let isColour = shape.channels == 3
        return PixelImage(
            columns: shape.width, rows: shape.height, channels: isColour ? 3 : 1,
            values: isColour || shape.channels == 1
                ? bytes : stride(from: 0, to: bytes.count, by: shape.channels).map { bytes[$0] })
    }

    private func write(_ figure: Figure, _ tag: String, _ epoch: Int, to file: EventFile) throws(CellarError)
    {
        let png = try figure.file(.png)
        func size(_ place: Int) -> Int { png[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        try file.write(
            Event(
                time: now(), step: epoch,
                content: .images(tag: tag, width: size(16), height: size(20), [Data(png)])))
    }
}
