import Base
import Tensors

/// The Keras class of an `Augmentation`.
public protocol AugmentationKind: Sendable { static var className: String { get } }

extension AugmentationKind {
    /// Keras' default name for a layer, such as `random_flip`.
    static var standardName: String {
        className.reduce(into: "") { $0 += ($1.isUppercase && !$0.isEmpty ? "_" : "") + $1.lowercased() }
    }
}

/// A layer that changes pictures randomly during training and does nothing at inference. Only inference is
/// implemented: the options are stored unchanged to be written again, and a model with such a layer cannot be
/// trained.
public struct Augmentation<Kind: AugmentationKind>: TrainingLayer {
    public static var className: String { Kind.className }
    public static var onlyAnswers: Bool { true }
    public var name: String
    public var trainable = true
    private let options: JSONObject

    public init(from config: inout LayerConfig) throws(CellarError) {
        name = Kind.standardName
        var options = config.object
        for key in options.keys { config.ignore(key) }
        // Removes the options of every layer, and the defaults that only one of Keras 2 and 3 accepts.
        for key in ["name", "trainable", "dtype", "batch_input_shape", "rng_type"] { options[key] = nil }
        if options["data_format"] == "channels_last" { options["data_format"] = nil }
        if Kind.className == "RandomContrast", options["value_range"] == [0, 255] {
            options["value_range"] = nil
        }
        self.options = options
    }

    public var config: JSONObject { options }
    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { try onlyShape(inputs) }
    public func isView(training: Bool) -> Bool { true }
    // An enclosing layer may give it separate memory.
    public func forward(_ call: CallMemory) { call.y.copy(from: call.x()) }
    public func backward(_ call: CallMemory) { call.dx()?.copy(from: call.dy) }
}

public enum RandomFlip: AugmentationKind { public static let className = "RandomFlip" }
public enum RandomRotation: AugmentationKind { public static let className = "RandomRotation" }
public enum RandomZoom: AugmentationKind { public static let className = "RandomZoom" }
public enum RandomTranslation: AugmentationKind { public static let className = "RandomTranslation" }
public enum RandomContrast: AugmentationKind { public static let className = "RandomContrast" }
public enum RandomBrightness: AugmentationKind { public static let className = "RandomBrightness" }
public enum RandomHeight: AugmentationKind { public static let className = "RandomHeight" }
public enum RandomWidth: AugmentationKind { public static let className = "RandomWidth" }
public enum RandomHue: AugmentationKind { public static let className = "RandomHue" }
public enum RandomSaturation: AugmentationKind { public static let className = "RandomSaturation" }
public enum RandomGrayscale: AugmentationKind { public static let className = "RandomGrayscale" }
public enum RandomSharpness: AugmentationKind { public static let className = "RandomSharpness" }
public enum RandomPerspective: AugmentationKind { public static let className = "RandomPerspective" }
public enum RandomGaussianBlur: AugmentationKind { public static let className = "RandomGaussianBlur" }
public enum RandomColorJitter: AugmentationKind { public static let className = "RandomColorJitter" }
public enum RandomErasing: AugmentationKind { public static let className = "RandomErasing" }
public enum AugMix: AugmentationKind { public static let className = "AugMix" }
public enum CutMix: AugmentationKind { public static let className = "CutMix" }
public enum MixUp: AugmentationKind { public static let className = "MixUp" }
public enum RandAugment: AugmentationKind { public static let className = "RandAugment" }
public enum RandomColorDegeneration: AugmentationKind {
    public static let className = "RandomColorDegeneration"
}
public enum RandomElasticTransform: AugmentationKind {
    public static let className = "RandomElasticTransform"
}
public enum RandomInvert: AugmentationKind { public static let className = "RandomInvert" }
public enum RandomPosterization: AugmentationKind { public static let className = "RandomPosterization" }
public enum RandomShear: AugmentationKind { public static let className = "RandomShear" }
