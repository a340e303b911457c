import Datasets
import Base
import KerasFile
import Network
import Tensors

/// The size, scale and polarity of pictures for a model, and the conversion of a user's picture to it.
///
/// Cellar's models have it in their facts and scale bytes themselves. For other Keras files it is guessed as in MNIST:
/// bright ink, from 0 to 255 if the model begins with Rescaling or Normalization, else from 0 to 1.
public struct PictureForm: Equatable, Sendable {
    public let picture: ModelFacts.Picture
    /// The value of a white pixel.
    public let white: Float

    init(of file: ModelFile, white given: Float?, name: String) throws(CellarError) {
        let model = file.model
        guard model.inputs.count == 1, let picture = file.facts?.picture ?? guess(model.inputShapes[0]),
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
        self.picture = picture
        self.white = given ?? (file.facts?.picture != nil || scalesItself(model) ? 255 : 1)
    }

    /// Reads a picture for the network. Drawings are prepared as in MNIST; colour pictures must have the model's size.
    public func read(_ path: String) throws(CellarError) -> SeenPicture {
        if picture.channels == 3 {
            let image = try readColourPNG(path)
            guard image.width == picture.width && image.height == picture.height else {
                throw CellarError(
                    .badData,
                    "expected a colour picture of \(picture.width)×\(picture.height) pixels, found "
                        + "\(image.width)×\(image.height).", file: path, remedy: "Resize it first.")
            }
            return SeenPicture(samples: samples(image.pixels, channels: 3), image: nil)
        }
        let image = try prepareDigit(
            readPNG(path), height: picture.height, width: picture.width, name: path)
        let seen = picture.inkIsBright ? image : image.inverted
        return SeenPicture(samples: samples(seen.pixels, channels: 1), image: seen)
    }

    /// Converts bytes of pictures with this form's size and polarity to samples in its scale.
    func samples(_ pixels: [UInt8], channels: Int) -> Samples {
        let shape = [picture.height, picture.width] + (channels == 1 ? [] : [channels])
        if white == 255 { return Samples(shape: shape, bytes: pixels) }
        return Samples(shape: shape, floats: pixels.map { Float($0) / 255 * white })
    }
}

/// A picture as the network's input.
public struct SeenPicture: Sendable {
    public let samples: Samples
    /// The prepared picture; nil for colour pictures.
    public let image: GrayImage?
}

/// Guesses the picture of an input shape: [28, 28], [28, 28, 1], [32, 32, 3], or [784], taken as a square.
private func guess(_ shape: [Int]) -> ModelFacts.Picture? {
    switch shape.count {
    case 2: return ModelFacts.Picture(height: shape[0], width: shape[1], inkIsBright: true)
    case 3:
        return ModelFacts.Picture(height: shape[0], width: shape[1], channels: shape[2], inkIsBright: true)
    case 1:
        let side = Int(Double(shape[0]).squareRoot().rounded())
        // Tables may have 9 or 16 columns; pictures are larger.
        guard side >= 8, side * side == shape[0] else { return nil }
        return ModelFacts.Picture(height: side, width: side, inkIsBright: true)
    default: return nil
    }
}

private func scalesItself(_ model: Model) -> Bool {
    model.calls.contains { call in
        let layer = model.layers[call.layer]
        return call.inputs.contains { model.inputs.contains($0) }
            && type(of: layer).scalesSamples
    }
}
