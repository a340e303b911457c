import Base
import Datasets
import Infer

/// Reads a picture of digits with one model.
func readDigits(
    _ picture: RGBAImage, _ file: String, by model: LoadedModel, _ form: ModelFacts.Picture,
    _ reading: PictureReading
) throws(CellarError) -> Prediction {
    let decision = PictureDecision(reading: reading, limits: form.abstention, form: form)
    guard reading.coverage == nil || decision.hasQuantiles else {
        throw CellarError(
            .usage, "\(model.name) has no record of how sure it is of digits, which --coverage needs.",
            remedy: "Omit --coverage, or train with drawn: { others: … } in the recipe's data.")
    }
    let found = form.find(in: picture, keepsSteps: reading.keepsSteps)
    guard !found.isCrowded || !reading.readsAll else {
        throw CellarError(
            .badData, "there are more than \(DigitPicture.mostDigits) things that may be digits.", file: file,
            remedy: "Cut the picture into parts.")
    }
    var prediction = try answer(found, file, model, decision)
    prediction.steps = found.steps
    if prediction.status == .sure || prediction.status == .unsure, decision.isClutter(found) {
        prediction.status = .notDigit
    }
    return prediction
}

extension PictureReading {
    /// Throws if there is an option that this model cannot follow, as it reads no digits.
    func check(_ model: LoadedModel) throws(CellarError) {
        guard let option = digitOption else { return }
        throw CellarError(
            .usage, "\(option) is for pictures of digits; \(model.name) does not read them.",
            remedy: "Omit \(option).")
    }
}

private func answer(
    _ found: DigitPicture, _ file: String, _ model: LoadedModel, _ decision: PictureDecision
) throws(CellarError) -> Prediction {
    guard let main = found.main else { return Prediction(noDigitIn: file, model: model.name) }
    let meaning = try model.outputMeaning()
    // Numbers and several labels a picture have no answer to be sure of.
    guard meaning.hasOneClass, meaning.score?.kind == .probability, let names = meaning.classes else {
        try decision.reading.check(model)
        let picture = decision.form.prepared(main.image)
        return Prediction(
            try model.finitePredictions(for: picture.samples), row: 0, model: model.name, file: file,
            image: picture.image)
    }
    func single(_ digit: PreparedDigit, _ opinion: PictureDecision.Opinion) -> Prediction {
        var prediction = Prediction(
            opinion.predictions, row: 0, model: model.name, file: file,
            image: decision.form.prepared(digit.image).image)
        prediction.status = decision.status(opinion, of: digit, names: names)
        if prediction.status == .unsure {
            prediction.alternatives = opinion.order.prefix(2).map { names[$0] }
        }
        if let coverage = decision.reading.coverage {
            prediction.set = decision.set(opinion, names: names, coverage: coverage)
        }
        return prediction
    }
    func single(_ digit: PreparedDigit) throws(CellarError) -> Prediction {
        single(digit, try decision.opinion(digit.image, by: model))
    }
    if found.digits.count == 1, !decision.reading.readsAll { return try single(main) }
    var all: [DigitAnswer] = []
    var best: Prediction?
    for digit in found.digits {
        let opinion = try decision.opinion(digit.image, by: model)
        let status = decision.status(opinion, of: digit, names: names)
        guard status != .notDigit else { continue }
        all.append(
            DigitAnswer(
                label: names[opinion.label], probability: opinion.best, isSure: status == .sure,
                image: digit.image, left: Double(digit.left) / Double(found.width),
                top: Double(digit.top) / Double(found.height),
                width: Double(digit.width) / Double(found.width),
                height: Double(digit.height) / Double(found.height)))
        if best == nil || opinion.best > best?.score ?? 0 { best = single(digit, opinion) }
    }
    if let together = found.together, found.digits.count <= 3 {
        // Strokes that do not meet may be one digit: an open four, a five whose bar stands apart.
        let prediction = try single(together)
        let parts = all.filter(\.isSure).count
        if prediction.status == .sure, parts < found.digits.count || parts < 2 { return prediction }
        if all.isEmpty { best = prediction }
    }
    var prediction: Prediction
    if let best { prediction = best } else { prediction = try single(main) }
    guard all.count > 1 || decision.reading.readsAll else { return prediction }
    prediction.digits = all
    if decision.reading.readsAll {
        guard !all.isEmpty else { return prediction }
        prediction.label = all.map(\.label).joined()
        prediction.score = all.map(\.probability).min()
        prediction.status = all.allSatisfy(\.isSure) ? .sure : .unsure
        prediction.alternatives = []
        prediction.scores = []
        return prediction
    }
    prediction.status = .several
    return prediction
}
