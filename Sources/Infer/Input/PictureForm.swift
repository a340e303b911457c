import Datasets
import Base
import KerasFile
import Network
import Tensors

/// How a picture has to look for a model, and how a user's picture comes to look so.
///
/// Models of ours say it in their facts, and scale bytes themselves. For a file straight from Keras it is guessed as MNIST
/// has it: bright ink, from 0 to 255 where the model begins with a Rescaling or Normalization, else from 0 to 1.
public struct PictureForm: Equatable, Sendable {
    public let picture: ModelFacts.Picture
    /// The number of a white pixel.
    public let white: Float

    init(of file: ModelFile, white given: Float?, name: String) throws(CellarError) {
        let model = file.model
        guard model.inputs.count == 1, let picture = file.facts?.picture ?? guess(model.inputShapes[0]),
            picture.height * picture.width * picture.channels == model.inputShapes[0].reduce(1, *)
        else {
            let takes = model.inputShapes.map { "\($0)" }.joined(separator: " and ")
            throw CellarError(
                .badData,
                "\(name): the model takes samples of shape \(takes), not pictures. Use `infer score` with a table or .npy "
                    + "files, or choose another --model.")
        }
        guard picture.channels == 1 || picture.channels == 3 else {
            throw CellarError(
                .badData,
                "\(name): the model takes pictures with \(picture.channels) channels; a PNG gives 1 or 3. Use .npy files."
            )
        }
        self.picture = picture
        self.white = given ?? (file.facts?.picture != nil || scalesItself(model) ? 255 : 1)
    }

    /// A picture as the network gets it. Drawings become digits as MNIST has them; colour pictures must have the size.
    public func read(_ path: String) throws(CellarError) -> SeenPicture {
        if picture.channels == 3 {
            let image = try readColourPNG(path)
            guard image.width == picture.width && image.height == picture.height else {
                throw CellarError(
                    .badData,
                    "expected a colour picture of \(picture.width)×\(picture.height) pixels, found "
                        + "\(image.width)×\(image.height).\nScale it first.", file: path)
            }
            return SeenPicture(samples: samples(image.pixels, channels: 3), image: nil)
        }
        let image = try prepareDigit(
            readPNG(path), height: picture.height, width: picture.width, name: path)
        let seen = picture.inkIsBright ? image : image.inverted
        return SeenPicture(samples: samples(seen.pixels, channels: 1), image: seen)
    }

    /// Bytes of pictures in this form's size and polarity, as samples in its scale.
    func samples(_ pixels: [UInt8], channels: Int) -> Samples {
        let shape = [picture.height, picture.width] + (channels == 1 ? [] : [channels])
        if white == 255 { return Samples(shape: shape, bytes: pixels) }
        return Samples(shape: shape, floats: pixels.map { Float($0) / 255 * white })
    }
}

/// A picture as the network saw it.
public struct SeenPicture: Sendable {
    public let samples: Samples
    /// Nil for pictures in colour.
    public let image: GrayImage?
}

/// [28, 28], [28, 28, 1], [32, 32, 3], or [784], which can only be a square.
private func guess(_ shape: [Int]) -> ModelFacts.Picture? {
    switch shape.count {
    case 2: return ModelFacts.Picture(height: shape[0], width: shape[1], inkIsBright: true)
    case 3:
        return ModelFacts.Picture(height: shape[0], width: shape[1], channels: shape[2], inkIsBright: true)
    case 1:
        let side = Int(Double(shape[0]).squareRoot().rounded())
        // Tables may have 9 or 16 columns; no picture is as small as that.
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
