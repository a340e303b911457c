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
    if decision.isWary, prediction.status == .sure, found.isDoubtful || prediction.others > 0 {
        prediction.status = .unsure
        if !reading.readsAll {
            prediction.alternatives =
                prediction.others > 0
                ? [prediction.label ?? ""]
                : prediction.scores.sorted { $0.score > $1.score }.prefix(2).map(\.name)
        }
    }
    return prediction
}

extension DigitPicture {
    /// A digit's or another thing's box in shares of the picture.
    fileprivate func answer(
        _ label: String, _ box: (left: Int, top: Int, width: Int, height: Int), probability: Float? = nil,
        isSure: Bool = false, image: GrayImage? = nil
    ) -> DigitAnswer {
        let (w, h) = (Double(width), Double(height))
        return DigitAnswer(
            label: label, probability: probability, isSure: isSure, image: image, left: Double(box.left) / w,
            top: Double(box.top) / h, width: Double(box.width) / w, height: Double(box.height) / h)
    }
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
    let signs = decision.isWary ? found.signs : []
    if found.digits.count == 1, !decision.reading.readsAll {
        var prediction = try single(main)
        prediction.others = signs.count + found.cut
        return prediction
    }
    // With everything that is as large as a digit, in its place.
    var (all, others): ([DigitAnswer], [DigitAnswer]) = ([], [])
    var row: [DigitAnswer] = []
    func addSigns(_ place: Int) {
        row += signs.filter { $0.place == place }.map {
            found.answer("?", ($0.left, $0.top, $0.width, $0.height))
        }
    }
    var best: Prediction?
    let tallest = found.digits.map(\.height).max() ?? 0
    let total = found.digits.reduce(0) { $0 + $1.mass }
    for (place, digit) in found.digits.enumerated() {
        addSigns(place)
        let box = (digit.left, digit.top, digit.width, digit.height)
        let opinion = try decision.opinion(digit.image, by: model)
        let status = decision.status(opinion, of: digit, names: names)
        guard status != .notDigit else {
            if digit.height * 10 >= tallest * 4 || digit.mass >= 0.1 * total {
                others.append(found.answer("?", box, image: digit.image))
                row += others.suffix(1)
            }
            continue
        }
        all.append(
            found.answer(
                names[opinion.label], box, probability: opinion.best, isSure: status == .sure,
                image: digit.image))
        row += all.suffix(1)
        if best == nil || opinion.best > best?.score ?? 0 { best = single(digit, opinion) }
    }
    addSigns(found.digits.count)
    if let together = found.together, found.digits.count <= 3 {
        // Strokes that do not meet may be one digit: an open four, a five whose bar stands apart.
        var prediction = try single(together)
        let parts = all.filter(\.isSure).count
        if prediction.status == .sure, parts < found.digits.count || parts < 2 {
            prediction.others = signs.count + found.cut
            return prediction
        }
        if all.isEmpty { best = prediction }
    }
    var prediction: Prediction
    if let best { prediction = best } else { prediction = try single(main) }
    prediction.others = (all.isEmpty ? 0 : others.count) + signs.count + found.cut
    guard all.count > 1 || decision.reading.readsAll else { return prediction }
    if decision.reading.readsAll {
        guard !all.isEmpty else { return prediction }
        prediction.digits = row
        prediction.label = row.map(\.label).joined()
        prediction.score = all.compactMap(\.probability).min()
        prediction.status = row.allSatisfy(\.isSure) ? .sure : .unsure
        prediction.alternatives = []
        prediction.scores = []
        return prediction
    }
    prediction.digits = all
    prediction.status = .several
    return prediction
}
