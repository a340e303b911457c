import Base
import Datasets
import Infer
import Tensors

/// Asks what is in pictures, or what a model computes from arrays.
public struct PredictRequest: Sendable {
    /// Pictures (PNG, JPEG), folders of them, or arrays of samples (.npy); - is standard input.
    public var files: [String]
    public var models: ModelSelection
    /// Keeps each picture in the form that the first model got it in.
    public var keepsInputs = false
    /// Options of answers about pictures of digits.
    public var reading = PictureReading()

    public init(files: [String], models: ModelSelection = []) { (self.files, self.models) = (files, models) }
}

/// Predictions, sample by sample; for each sample one of each model, in the order of `models`.
public struct PredictResult: Sendable {
    /// References of the models that answered.
    public var models: [String]
    public var predictions: [Prediction] = []
    /// The files without a prediction.
    public var failures: [FileFailure] = []
    /// The first model's input for each predicted picture, if the request asks for them.
    public var inputs: [Samples] = []

    public var json: JSON { .array(predictions.map(\.json)) }
}

/// Why one file of several has no prediction.
public struct FileFailure: Equatable, Sendable {
    public var file: String
    public var error: CellarError
}

extension Store {
    /// Predicts each file with each model. Of several files, one that cannot be read is a failure in the result, also reported to
    /// `progress` at once. A fault of the request or of a model, which would repeat for every file, is an error.
    public func predict(
        _ request: PredictRequest, progress: ProgressReporter = .none
    ) throws(CellarError) -> PredictResult {
        let models = try load(request.models, progress, else: pictureModel)
        var result = PredictResult(models: models.map { $0.name })
        let files = try picturesInFolders(request.files, progress)
        for file in files {
            try progress.checkCancellation()
            do throws(CellarError) {
                result.predictions += try predictions(
                    of: file, by: models, request, progress, &result.inputs)
            } catch {
                guard error.category != .usage, files.count > 1 else { throw error }
                progress.report(.failed(error))
                result.failures.append(FileFailure(file: file, error: error))
            }
        }
        return result
    }
}

/// The files, with each folder replaced by the pictures in it.
private func picturesInFolders(
    _ files: [String], _ progress: ProgressReporter
) throws(CellarError) -> [String] {
    var all: [String] = []
    for file in files {
        guard file != "-", FileSystem.isFolder(file) else {
            all.append(file)
            continue
        }
        all += try pictures(in: file)
        leftOutWarning(file).map(progress.warn)
    }
    return all
}

/// All models' predictions of one file, or an error.
private func predictions(
    of file: String, by models: [LoadedModel], _ request: PredictRequest, _ progress: ProgressReporter,
    _ inputs: inout [Samples]
) throws(CellarError) -> [Prediction] {
    if file.hasSuffix(".npy") {
        if let model = models.first { try request.reading.check(model) }
        return try sampleBySample(models, file: file) { (model) throws(CellarError) in
            try model.predictions(for: readArrays([file], for: model)[0])
        }
    }
    let forms = try models.map { (model) throws(CellarError) in try model.pictureForm() }
    // Once for all models: standard input cannot be read again. Readers of digits need only a small copy of the picture.
    let areForDigits = forms.map { $0.framing == .digit }
    var (whole, small): ([UInt8], RGBAImage?) = ([], nil)
    if areForDigits.contains(false) {
        whole = try readPictureFile(file)
        if areForDigits.contains(true) {
            small = try readPicture(whole, name: file, side: DigitPicture.workingSide)
        }
    } else {
        small = try readPicture(file, side: DigitPicture.workingSide)
    }
    var found: [Prediction] = []
    for (index, (model, form)) in zip(models, forms).enumerated() {
        if form.framing == .digit, let small {
            let prediction = try readDigits(small, file, by: model, form, request.reading)
            if request.keepsInputs, index == 0, let image = prediction.image {
                inputs.append(form.samples(image.pixels))
            }
            found.append(prediction)
            continue
        }
        try request.reading.check(model)
        let picture = try form.read(whole, file)
        if request.keepsInputs, index == 0 { inputs.append(picture.samples) }
        if picture.lostColours {
            progress.warn("\(file): its colours became grey, as \(model.name) takes grey pictures.")
        }
        found.append(
            Prediction(
                try model.finitePredictions(for: picture.samples), row: 0, model: model.name, file: file,
                image: picture.image))
    }
    return found
}

/// Each model's predictions for the same samples, sample by sample.
///
/// - file: The samples' file; nil for rows by hand.
func sampleBySample(
    _ models: [LoadedModel], file: String? = nil,
    _ predict: (LoadedModel) throws(CellarError) -> Predictions
) throws(CellarError) -> [Prediction] {
    var all: [Predictions] = []
    for model in models { all.append(try predict(model)) }
    return (0..<(all.first?.count ?? 0)).flatMap { row in
        zip(models, all).map { model, predictions in
            Prediction(predictions, row: row, model: model.name, file: file.map { "\($0)[\(row)]" })
        }
    }
}
