import Base
import Datasets
import KerasFile
import Network
import Tensors

extension ModelFacts.Picture {
    /// How a picture file becomes the model's input.
    ///
    /// A model that Cellar trained on pictures has it in its facts. For other Keras files it is guessed as in MNIST: bright ink,
    /// from 0 to 255 if the model begins with Rescaling or Normalization, else from 0 to 1.
    init(of file: ModelFile, _ options: ModelOptions, name: String) throws(CellarError) {
        let model = file.model
        guard model.inputs.count == 1, var picture = file.facts?.picture ?? guess(model),
            picture.height * picture.width * picture.channels == model.inputShapes[0].reduce(1, *)
        else {
            let takes = model.inputShapes.map { "\($0)" }.joined(separator: " and ")
            throw CellarError(
                .badData,
                "\(name): the model takes samples of shape \(takes), not pictures.",
                remedy: "Use `infer score` with a table or .npy files, or choose another --model.")
        }
        guard picture.channels == 1 || picture.channels == 3 else {
            throw CellarError(
                .badData,
                "\(name): the model takes pictures with \(picture.channels) channels; a PNG has 1 or 3.",
                remedy: "Use .npy files.")
        }
        if let facts = file.facts, facts.picture == nil, facts.dataset != nil, options.white == nil {
            throw CellarError(
                .badData,
                "\(name) was trained on numbers, not on pictures, so the scale of pixels is unknown.",
                remedy: "Give the value of a white pixel, --white 1 or --white 255, or use `infer score`.")
        }
        picture.white = options.white ?? picture.white
        picture.framing =
            options.framing ?? picture.framing ?? (readsDigits(picture, file) ? .digit : .pixels)
        guard picture.channels == 1 || picture.framing == .pixels else {
            throw CellarError(
                .usage, "\(name): the model takes colour pictures, which are not framed as digits.")
        }
        self = picture
    }
}

/// Guesses the picture of an input shape: [28, 28], [28, 28, 1], [32, 32, 3], or [784], taken as a square.
private func guess(_ model: Model) -> ModelFacts.Picture? {
    let shape = model.inputShapes[0]
    let white: Float = scalesItself(model) ? 255 : 1
    func picture(_ height: Int, _ width: Int, _ channels: Int = 1) -> ModelFacts.Picture {
        ModelFacts.Picture(height: height, width: width, channels: channels, inkIsBright: true, white: white)
    }
    switch shape.count {
    case 2: return picture(shape[0], shape[1])
    case 3: return picture(shape[0], shape[1], shape[2])
    case 1:
        let side = Int(Double(shape[0]).squareRoot().rounded())
        // Tables may have 9 or 16 columns; pictures are larger.
        return side >= 8 && side * side == shape[0] ? picture(side, side) : nil
    default: return nil
    }
}

/// Whether a file that does not say it reads digits: ten classes, named 0 to 9 or not at all, of 28×28 grey pixels.
private func readsDigits(_ picture: ModelFacts.Picture, _ file: ModelFile) -> Bool {
    let classes = file.facts?.classes ?? []
    return picture.channels == 1 && picture.height == 28 && picture.width == 28
        && file.model.outputShapes.count == 1 && file.model.outputShapes[0].last == 10
        && (classes.isEmpty || classes == (0...9).map(String.init))
}

private func scalesItself(_ model: Model) -> Bool {
    model.calls.contains { call in
        let layer = model.layers[call.layer]
        return call.inputs.contains { model.inputs.contains($0) }
            && type(of: layer).scalesSamples
    }
}
