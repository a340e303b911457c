import Base
import Datasets
import Infer

/// Reads a picture of digits with one model.
func readDigits(
    _ file: String, by model: LoadedModel, _ form: ModelFacts.Picture, _ reading: PictureReading
) throws(CellarError) -> Prediction {
    let found = try form.find(file, keepsSteps: reading.keepsSteps)
    let decision = PictureDecision(reading: reading, limits: form.abstention, form: form)
    var prediction = try answer(found, file, model, decision)
    prediction.steps = found.steps
    if prediction.status == .sure || prediction.status == .unsure, decision.isClutter(found) {
        prediction.status = .notDigit
    }
    return prediction
}

private func answer(
    _ found: DigitPicture, _ file: String, _ model: LoadedModel, _ decision: PictureDecision
) throws(CellarError) -> Prediction {
    guard let main = found.main else { return Prediction(noDigitIn: file, model: model.name) }
    let meaning = try model.outputMeaning()
    // Numbers and several labels a picture have no answer to be sure of.
    guard meaning.hasOneClass, meaning.score?.kind == .probability, let names = meaning.classes else {
        let picture = decision.form.prepared(main)
        return Prediction(
            try model.predictions(for: picture.samples), row: 0, model: model.name, file: file,
            image: picture.image)
    }
    func single(_ image: GrayImage, _ opinion: PictureDecision.Opinion) -> Prediction {
        var prediction = Prediction(
            opinion.predictions, row: 0, model: model.name, file: file,
            image: decision.form.prepared(image).image)
        prediction.status =
            decision.isSure(opinion) ? .sure : decision.isDigit(opinion) ? .unsure : .notDigit
        if prediction.status == .unsure {
            prediction.alternatives = opinion.order.prefix(2).map { names[$0] }
        }
        if let coverage = decision.reading.coverage {
            prediction.set = decision.set(opinion, names: names, coverage: coverage)
        }
        return prediction
    }
    var all: [DigitAnswer] = []
    var best: Prediction?
    if found.digits.count == 1 || found.digits.count > PictureDecision.mostDigits {
        best = single(main, try decision.opinion(main, by: model))
        if !decision.reading.readsAll { return best ?? Prediction(noDigitIn: file, model: model.name) }
    }
    for digit in found.digits.prefix(PictureDecision.mostDigits) {
        let opinion = try decision.opinion(digit.image, by: model)
        guard decision.isDigit(opinion) else { continue }
        all.append(
            DigitAnswer(
                label: names[opinion.order[0]], probability: opinion.best, isSure: decision.isSure(opinion),
                image: digit.image, left: Double(digit.left) / Double(found.width),
                top: Double(digit.top) / Double(found.height),
                width: Double(digit.width) / Double(found.width),
                height: Double(digit.height) / Double(found.height)))
        if best == nil || opinion.best > best?.score ?? 0 { best = single(digit.image, opinion) }
    }
    if found.digits.count > 1, let together = found.together, found.digits.count <= 3 {
        // Strokes that do not meet may be one digit: an open four, a five whose bar stands apart.
        let opinion = try decision.opinion(together, by: model)
        let parts = all.filter(\.isSure).count
        if decision.isSure(opinion), parts < found.digits.count || parts < 2 {
            return single(together, opinion)
        }
        if all.isEmpty { best = single(together, opinion) }
    }
    guard all.count > 1 || decision.reading.readsAll else {
        if let best { return best }
        return single(main, try decision.opinion(main, by: model))
    }
    if best == nil { best = single(main, try decision.opinion(main, by: model)) }
    guard var prediction = best else { return Prediction(noDigitIn: file, model: model.name) }
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
