import Base
import Datasets
import Infer
import MetricFigures
import Metrics
import Network
import Plots
import Tensors

/// Asks which parts of the input decide a model's answer.
public struct ExplainRequest: Sendable {
    /// A picture, or a table (CSV).
    public var file: String
    public var models: ModelSelection
    /// The class to explain; nil for the predicted one.
    public var label: String?
    /// The row of a table whose answer is explained, from 1; nil explains the model by shuffling columns.
    public var row: Int?
    /// The table's columns with the labels; nil for those that the model was trained on.
    public var target: [String]?
    /// The side of a covered part of a picture in pixels; nil for a seventh of the picture.
    public var window: Int?
    /// The number of times that each column is shuffled.
    public var repetitions = 5
    public var seed = 0
    /// The maximum number of rows of a table.
    public var rows = 10_000
    public var dialect = TableDialect()

    public init(file: String, models: ModelSelection = []) { (self.file, self.models) = (file, models) }
}

public struct ExplainResult: Sendable {
    public let model: String
    public let file: String
    /// The answer that is explained: a class, or a value.
    public let answer: String
    /// Its score, or the model's score on the table.
    public let score: Double
    /// The importance of each pixel or column by each method.
    public let methods: [(name: String, values: [ColumnImportance])]
    /// The size of the picture; nil for rows.
    public let picture: (height: Int, width: Int)?
    public let figure: Figure
    public let warnings: [String]
    /// The certainty of the answer about a picture of digits; nil for others.
    public var status: PictureStatus?

    public var json: JSON {
        let found = methods.map { method -> (String, JSON) in
            guard let picture else { return (method.name, .array(method.values.map(\.json))) }
            let rows = (0..<picture.height).map { row in
                JSON.array(
                    (0..<picture.width).map { JSON(finite: method.values[row * picture.width + $0].mean) })
            }
            return (method.name, .array(rows))
        }
        var object: JSONObject = [
            "file": .string(file), "model": .string(model), "answer": .string(answer),
            "score": JSON(finite: score),
            "importance": .object(JSONObject(found)),
        ]
        object["status"] = status.map { .string($0.rawValue) }
        return .object(object)
    }
}

extension Store {
    public func explain(
        _ request: ExplainRequest, progress: ProgressReporter = .none
    ) throws(CellarError) -> ExplainResult {
        guard isPictureFile(request.file) else {
            return request.row == nil ? try shuffle(request, progress) : try explainRow(request, progress)
        }
        let model = try load(request.models, progress, else: pictureModel)[0]
        let form = try model.pictureForm()
        let (samples, status, doubt) =
            form.framing == .digit
            ? try answeredDigit(request, by: model, form) : (try form.read(request.file).samples, nil, nil)
        let sample: [Float] =
            switch samples.storage {
            case .bytes(let bytes): bytes.map { Float($0) }
            case .floats(let floats): floats
            case .texts: []
            }
        let (label, name, score) = try explained(
            try model.finitePredictions(for: samples).calibrated(for: form), 0, request)
        let window = request.window ?? max(2, min(form.height, form.width) / 7)
        guard window <= max(form.height, form.width) else {
            throw CellarError(
                .usage, "the window is \(window) pixels, the picture \(form.width)×\(form.height).")
        }
        let occlusion = try model.occlusion(sample, form, label: label, window: window)
        let gradient = try model.gradientTimesInput(sample, label: label)
        let perPixel = (0..<form.height * form.width).map { pixel in
            (0..<form.channels).reduce(Float(0)) { $0 + gradient[pixel * form.channels + $1] }
        }
        let maps = [("occlusion", occlusion), ("gradient × input", perPixel)]
        let shown = sample.map { UInt8(max(0, min(255, ($0.isFinite ? $0 : 0) / form.white * 255))) }
        let image =
            form.channels == 3
            ? PixelImage(columns: form.width, rows: form.height, channels: 3, values: shown)
            : PixelImage(
                columns: form.width, rows: form.height, channels: 1,
                values: stride(from: 0, to: shown.count, by: form.channels).map { shown[$0] })
        return ExplainResult(
            model: model.name, file: request.file, answer: name, score: Double(score),
            methods: [("occlusion", occlusion), ("gradient_times_input", perPixel)].map { method, values in
                (method, values.map { ColumnImportance(name: "", mean: Double($0), standardDeviation: 0) })
            },
            picture: (form.height, form.width),
            figure: explanationFigure(image, title: "\(model.name): \(name)", maps: maps),
            warnings: doubt.map { ["the answer about \(request.file) is \($0)."] } ?? [], status: status)
    }

    /// The digit that `infer` answers about. Throws for a picture that has no one answer, unless the request names a class.
    private func answeredDigit(
        _ request: ExplainRequest, by model: LoadedModel, _ form: ModelFacts.Picture
    ) throws(CellarError) -> (Samples, PictureStatus?, doubt: String?) {
        let picture = try readPicture(request.file, side: DigitPicture.workingSide)
        let answer = try readDigits(picture, request.file, by: model, form, PictureReading())
        guard let image = answer.image else { throw .noDigit(request.file) }
        switch answer.status {
        case .notDigit where request.label == nil, .several where request.label == nil:
            throw CellarError(
                .badData, "there is no one digit to explain: \(answer.answer).", file: request.file,
                remedy: "Cut the picture to one digit, or name the class to explain with --class.")
        default:
            return (form.samples(image.pixels), answer.status, answer.status == .sure ? nil : answer.answer)
        }
    }

    /// The explained output, its name and its score.
    private func explained(
        _ predictions: Predictions, _ row: Int, _ request: ExplainRequest
    ) throws(CellarError) -> (Int, String, Float) {
        guard let classes = predictions.meaning.classes else {
            return (0, "\(predictions.values(row).first ?? 0)", predictions.values(row).first ?? 0)
        }
        guard let wanted = request.label else {
            let label = predictions.label(row)
            return (label, classes[label], predictions.score(row, of: label))
        }
        var names = ClassNames(classes)
        guard let label = names.number(of: wanted) else { throw names.unknown(wanted, file: nil) }
        return (Int(label), classes[Int(label)], predictions.score(row, of: Int(label)))
    }

    private func checkExplainable(_ model: LoadedModel) throws(CellarError) {
        if model.file.model.inputs.count == 1, !model.takesColumns { return }
        throw CellarError(
            .usage, "\(model.name): models with an input for each column cannot be explained yet.",
            remedy: "Explain a model with one input of numbers.")
    }

    private func explainRow(
        _ request: ExplainRequest, _ progress: ProgressReporter
    ) throws(CellarError) -> ExplainResult {
        let opened = try modelsAndTable([request.file], request.dialect, request.models, progress)
        let (model, wanted) = (opened.models[0], request.row ?? 1)
        try checkExplainable(model)
        let features = try model.requiredFeatures()
        var reader = try CSVReader(path: request.file, dialect: model.dialect(completing: request.dialect))
        try reader.select(numbers: features, texts: [])
        var (chunk, sample) = (CSVChunk(), [Float]())
        // A column that is far from 0 everywhere would seem to matter most. What counts is how far the row is from others.
        var (sums, count) = ([Double](repeating: 0, count: features.count), 0)
        while sample.isEmpty || count < request.rows, try reader.read(into: &chunk) {
            let place = wanted - chunk.firstRow
            if place >= 0, place < chunk.count {
                sample = Array(chunk.numbers[place * features.count..<(place + 1) * features.count])
            }
            for index in 0..<chunk.count * features.count {
                sums[index % features.count] += Double(chunk.numbers[index])
            }
            count += chunk.count
        }
        guard !sample.isEmpty else {
            throw CellarError(.usage, "the table has no row \(wanted).", file: request.file)
        }
        let predictions = try model.predictions(for: Samples(shape: [features.count], floats: sample))
        let (label, name, score) = try explained(predictions, 0, request)
        let means = sums.map { Float($0 / Double(max(count, 1))) }
        let values = try model.gradientTimesInput(sample, label: label, baseline: means)
        let columns = zip(features, values).map {
            ColumnImportance(name: $0, mean: Double($1), standardDeviation: 0)
        }
        return ExplainResult(
            model: model.name, file: "\(request.file), row \(wanted)", answer: name, score: Double(score),
            methods: [("gradient_times_input", columns)], picture: nil,
            figure: importanceFigure(
                columns.map { ($0.name, $0.mean, 0) }, title: "\(model.name): \(name)",
                subtitle: "row \(wanted); gradient × (value − mean of the column)", label: "gradient × input"),
            warnings: [])
    }

    private func shuffle(
        _ request: ExplainRequest, _ progress: ProgressReporter
    ) throws(CellarError) -> ExplainResult {
        let opened = try modelsAndTable([request.file], request.dialect, request.models, progress)
        let model = opened.models[0]
        try checkExplainable(model)
        let features = try model.requiredFeatures()
        let rows = try LabelledRows(
            try CSVReader(path: request.file, dialect: model.dialect(completing: request.dialect)),
            for: model,
            target: request.target, most: request.rows)
        let (isClass, truth): (Bool, ([Int32], [Double])) =
            switch rows.truth {
            case .classes(let classes): (true, (classes, []))
            case .values(let values, _): (false, ([], values.map(Double.init)))
            }
        let found = try model.permutationImportance(
            rows.values, columns: features, repetitions: request.repetitions, seed: request.seed
        ) { (predictions) throws(CellarError) in
            if isClass {
                return try accuracy(
                    truth: truth.0, prediction: (0..<predictions.count).map { Int32(predictions.label($0)) })
            }
            return try RegressionReport(truth: truth.1, prediction: predictions.values.map(Double.init)).r2
                ?? 0
        }
        let scoreName = isClass ? "accuracy" : "R²"
        return ExplainResult(
            model: model.name, file: request.file, answer: scoreName, score: found.score,
            methods: [("permutation", found.columns)], picture: nil,
            figure: importanceFigure(
                found.columns.map { ($0.name, $0.mean, $0.standardDeviation) },
                title: "\(model.name): columns that matter",
                subtitle:
                    "loss of \(scoreName) (\(found.score.measured)) where a column is shuffled, \(request.repetitions) times",
                label: "loss of \(scoreName)"),
            warnings: rows.isCut ? ["only the first \(rows.count) rows were used; --rows changes that"] : [])
    }
}
