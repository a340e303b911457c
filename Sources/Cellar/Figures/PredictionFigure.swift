import Base
import Datasets
import Plots
import Tensors

extension Figure {
    /// The picture, the values that the network got, and the scores of the classes.
    ///
    /// - Parameter result: Of one picture, with its inputs; of several models each has its bars.
    public init(prediction result: PredictResult, of file: String) throws(CellarError) {
        let names = result.predictions.map(Self.answer)
        let answers = zip(result.predictions, names).map { prediction, name in
            "\(prediction.model): \(name)"
                // Only a sure answer of one digit has a probability.
                + (prediction.isSure && prediction.digits.isEmpty
                    ? prediction.score.map { " (\(Self.share($0, prediction)))" } ?? "" : "")
        }
        self.init(
            title: Self.title(result.predictions),
            subtitle: "\(file); \(answers.joined(separator: "; "))",
            summary:
                "\(file), \(answers.joined(separator: "; ")), with the scores of all classes.",
            panels: [],
            columns: 2, width: 720)
        let image = try readColourPicture(file)
        let pixels = PixelImage(columns: image.width, rows: image.height, channels: 3, values: image.pixels)
        panels = [
            FigurePanel(
                title: "picture", x: .hidden, y: .hidden,
                marks: [.image(PlotImage(pixels.shrunk(toSide: 640), frame: .grid))], height: 320),
            Self.scores(result.predictions),
        ]
        if let input = result.inputs.first, let seen = Self.input(input) { panels.append(seen) }
    }

    /// The answer, with the doubt about a number of several digits, which commands show by their exit status.
    private static func answer(_ prediction: Prediction) -> String {
        let isDoubtful = prediction.status == .unsure && !prediction.digits.isEmpty
        return (isDoubtful ? "not sure: " : "") + prediction.answer
    }

    private static func title(_ predictions: [Prediction]) -> String {
        let answers = predictions.map(answer)
        let all = Set(answers).count == 1 ? answers[0] : answers.joined(separator: ", ")
        if predictions.allSatisfy(\.isSure) { return "Predicted \(all)" }
        return all.prefix(1).uppercased() + all.dropFirst()
    }

    private static func share(_ score: Float, _ prediction: Prediction) -> String {
        prediction.kind == .probability ? percent(score) : shortNumber(Double(score))
    }

    private static func percent(_ share: Float) -> String { "\((Double(share) * 100).fixed(1)) %" }

    private static let mostBars = 15

    private static func scores(_ predictions: [Prediction]) -> FigurePanel {
        if predictions.count == 1, !predictions[0].digits.isEmpty { return digits(predictions[0].digits) }
        guard let first = predictions.first, !first.scores.isEmpty else {
            return FigurePanel(
                title: "predicted values", x: .hidden, y: .hidden,
                marks: [
                    .text(
                        PlotText(predictions.map(\.answer).joined(separator: "; "), at: PlotPoint(0.5, 0.5)))
                ])
        }
        // Of many classes those with the highest scores of the first model, in the order of the classes.
        let best = first.scores.indices.sorted { first.scores[$0].score > first.scores[$1].score }.prefix(
            mostBars
        ).sorted()
        let isShare = first.kind == .probability
        let classes = best.map { first.scores[$0].name }
        let isCut = best.count < first.scores.count
        return FigurePanel(
            title: (isShare ? "probability" : "score")
                + (isCut ? ", highest \(best.count) of \(first.scores.count)" : ""),
            x: PlotAxis(range: isShare ? 0...1 : nil, isHidden: true),
            y: .categories(classes, isReversed: true),
            marks: predictions.enumerated().map { number, prediction in
                let scores = best.map { $0 < prediction.scores.count ? prediction.scores[$0].score : .nan }
                let name = predictions.count > 1 ? prediction.model : ""
                return .bars(
                    PlotBars(
                        name: name, values: scores.map(Double.init), paint: .series(number),
                        isHorizontal: true,
                        labels: scores.map { share($0, prediction) }))
            }, height: 320)
    }

    /// The probability of each digit's class, in reading order.
    private static func digits(_ digits: [DigitAnswer]) -> FigurePanel {
        let shown = digits.prefix(mostBars)
        let isCut = shown.count < digits.count
        return FigurePanel(
            title: "probability of each digit" + (isCut ? ", first \(shown.count) of \(digits.count)" : ""),
            x: PlotAxis(range: 0...1, isHidden: true),
            y: .categories(shown.map { $0.isSure ? $0.label : "\($0.label) (not sure)" }, isReversed: true),
            marks: [
                .bars(
                    PlotBars(
                        name: "", values: shown.map { Double($0.probability ?? .nan) }, paint: .series(0),
                        isHorizontal: true,
                        labels: shown.map { $0.probability.map(percent) ?? "no digit" }))
            ], height: 320)
    }

    /// Larger inputs have no room for values.
    private static let longestSide = 64

    /// A grey input as a heat map with its values, any other as a picture.
    static func input(_ samples: Samples, title: String = "what the network saw") -> FigurePanel? {
        guard samples.shape.count >= 2 else { return nil }
        let (rows, columns) = (samples.shape[0], samples.shape[1])
        let channels = samples.shape.count == 3 ? samples.shape[2] : 1
        let values: [Double] =
            switch samples.storage {
            case .bytes(let bytes): bytes.map { Double($0) / 255 }
            case .floats(let floats): floats.map(Double.init)
            case .texts: []
            }
        // Scaled so that white is 1: bytes are, and so are floats unless the model takes 0 to 255.
        let isLarge = if case .floats = samples.storage { values.contains { $0 > 1.5 } } else { false }
        let shares = isLarge ? values.map { $0 / 255 } : values
        guard shares.count >= rows * columns * channels, channels == 1 || channels == 3 else { return nil }
        let title = "\(title): \(columns)×\(rows)"
        guard channels == 1, max(rows, columns) <= longestSide else {
            let pixels = PixelImage(
                columns: columns, rows: rows, channels: channels,
                values: shares.prefix(rows * columns * channels).map {
                    UInt8(max(0, min(255, ($0 * 255).rounded())))
                })
            return FigurePanel(
                title: title, x: .hidden, y: .hidden,
                marks: [.image(PlotImage(pixels.shrunk(toSide: 640), frame: .grid))], isWide: true)
        }
        return FigurePanel(
            title: title + ", 0 is black and 1 white", x: .hidden,
            y: PlotAxis(isHidden: true, isReversed: true),
            marks: [
                .cells(
                    PlotCells(
                        columns: columns, values: Array(shares.prefix(rows * columns)),
                        texts: shares.prefix(rows * columns).map(hundredths), scale: .sequential(0...1)))
            ], isWide: true)
    }

    /// `.07`, `.5`; 0 and 1 alone.
    private static func hundredths(_ value: Double) -> String {
        let text = value.fixed(2)
        if text == "0.00" || text == "-0.00" { return "0" }
        if text == "1.00" { return "1" }
        return text.hasPrefix("0.") ? String(text.dropFirst()) : text
    }
}
