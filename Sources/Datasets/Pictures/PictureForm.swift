import Base
import Tensors

extension ModelFacts.Picture {
    /// The form of pictures that are in arrays already: bytes, or floats from 0 to 1 or to 255; nil if they are not pictures.
    ///
    /// Ink is bright, as in MNIST, if most of the picture is dark.
    public init?(of samples: Samples, areDigits: Bool) {
        let shape = samples.shape
        guard shape.count == 2 || shape.count == 3 && [1, 3].contains(shape[2]) else { return nil }
        var (white, mean): (Float, Double)
        switch samples.storage {
        case .bytes(let bytes):
            let looked = bytes.prefix(1000 * samples.size)
            white = 255
            mean = Double(looked.reduce(0) { $0 + Int($1) }) / Double(max(looked.count, 1))
        case .texts: return nil
        case .floats(let values):
            guard let highest = values.max(), let least = values.min(), least >= 0, highest <= 255 else {
                return nil
            }
            white = highest <= 1 ? 1 : 255
            let looked = values.prefix(1000 * samples.size)
            mean = looked.reduce(0) { $0 + Double($1) } / Double(max(looked.count, 1))
        }
        self.init(
            height: shape[0], width: shape[1], channels: shape.count == 3 ? shape[2] : 1,
            inkIsBright: mean < Double(white) / 2, framing: areDigits ? .digit : .pixels, white: white)
    }
}
