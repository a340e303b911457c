import Base
import Synchronization

/// The table of all layers. Other classes are rejected with an error that names them.
public enum LayerTable {
    typealias Registration = (className: String, type: @Sendable () -> any Layer.Type)

    /// Keras' names and the types. A type's metadata is created only on use: the run-time system takes 0.1 ms
    /// for a few generic types, and a prediction for one digit uses none of them.
    static let rows: [Registration] = [
        ("InputLayer", { InputLayer.self }),
        ("Dense", { Dense.self }),
        ("EinsumDense", { EinsumDense.self }),
        ("Flatten", { Flatten.self }),
        ("Activation", { ActivationLayer.self }),
        ("Dropout", { Dropout.self }),
        ("BatchNormalization", { BatchNormalization.self }),
        ("Rescaling", { Rescaling.self }),
        ("Normalization", { Normalization.self }),
        ("LayerNormalization", { LayerNormalization.self }),
        ("GroupNormalization", { GroupNormalization.self }),
        ("RMSNormalization", { RMSNormalization.self }),
        ("UnitNormalization", { UnitNormalization.self }),
        ("ReLU", { ReLU.self }),
        ("LeakyReLU", { LeakyReLU.self }),
        ("ELU", { ELU.self }),
        ("ThresholdedReLU", { ThresholdedReLU.self }),
        ("PReLU", { PReLU.self }),
        ("Softmax", { Softmax.self }),
        ("Reshape", { Reshape.self }),
        ("Permute", { Permute.self }),
        ("RepeatVector", { RepeatVector.self }),
        ("Identity", { Identity.self }),
        ("GaussianNoise", { GaussianNoise.self }),
        ("ActivityRegularization", { ActivityRegularization.self }),
        ("GaussianDropout", { GaussianDropout.self }),
        ("AlphaDropout", { AlphaDropout.self }),
        ("SpatialDropout1D", { SpatialDropout1D.self }),
        ("SpatialDropout2D", { SpatialDropout2D.self }),
        ("SpatialDropout3D", { SpatialDropout3D.self }),
        ("LayerScale", { LayerScale.self }),
        ("CustomScaleLayer", { CustomScaleLayer.self }),
        ("Add", { Add.self }),
        ("Subtract", { Subtract.self }),
        ("Multiply", { Multiply.self }),
        ("Average", { Average.self }),
        ("Maximum", { Maximum.self }),
        ("Minimum", { Minimum.self }),
        ("Concatenate", { Concatenate.self }),
        ("Dot", { Dot.self }),
        ("Conv1D", { Conv1D.self }),
        ("Conv2D", { Conv2D.self }),
        ("Conv3D", { Conv3D.self }),
        ("DepthwiseConv1D", { DepthwiseConv1D.self }),
        ("DepthwiseConv2D", { DepthwiseConv2D.self }),
        ("SeparableConv1D", { SeparableConv1D.self }),
        ("SeparableConv2D", { SeparableConv2D.self }),
        ("Conv1DTranspose", { Conv1DTranspose.self }),
        ("Conv2DTranspose", { Conv2DTranspose.self }),
        ("Conv3DTranspose", { Conv3DTranspose.self }),
        ("MaxPooling1D", { MaxPooling1D.self }),
        ("MaxPooling2D", { MaxPooling2D.self }),
        ("MaxPooling3D", { MaxPooling3D.self }),
        ("AveragePooling1D", { AveragePooling1D.self }),
        ("AveragePooling2D", { AveragePooling2D.self }),
        ("AveragePooling3D", { AveragePooling3D.self }),
        ("GlobalMaxPooling1D", { GlobalMaxPooling1D.self }),
        ("GlobalMaxPooling2D", { GlobalMaxPooling2D.self }),
        ("GlobalMaxPooling3D", { GlobalMaxPooling3D.self }),
        ("GlobalAveragePooling1D", { GlobalAveragePooling1D.self }),
        ("GlobalAveragePooling2D", { GlobalAveragePooling2D.self }),
        ("GlobalAveragePooling3D", { GlobalAveragePooling3D.self }),
        ("ZeroPadding1D", { ZeroPadding1D.self }),
        ("ZeroPadding2D", { ZeroPadding2D.self }),
        ("ZeroPadding3D", { ZeroPadding3D.self }),
        ("Cropping1D", { Cropping1D.self }),
        ("Cropping2D", { Cropping2D.self }),
        ("Cropping3D", { Cropping3D.self }),
        ("UpSampling1D", { UpSampling1D.self }),
        ("UpSampling2D", { UpSampling2D.self }),
        ("UpSampling3D", { UpSampling3D.self }),
        ("Resizing", { Resizing.self }),
        ("CenterCrop", { CenterCrop.self }),
        ("RandomFlip", { Augmentation<RandomFlip>.self }),
        ("RandomRotation", { Augmentation<RandomRotation>.self }),
        ("RandomZoom", { Augmentation<RandomZoom>.self }),
        ("RandomTranslation", { Augmentation<RandomTranslation>.self }),
        ("RandomContrast", { Augmentation<RandomContrast>.self }),
        ("RandomBrightness", { Augmentation<RandomBrightness>.self }),
        ("RandomHeight", { Augmentation<RandomHeight>.self }),
        ("RandomWidth", { Augmentation<RandomWidth>.self }),
        ("RandomHue", { Augmentation<RandomHue>.self }),
        ("RandomSaturation", { Augmentation<RandomSaturation>.self }),
        ("RandomGrayscale", { Augmentation<RandomGrayscale>.self }),
        ("RandomSharpness", { Augmentation<RandomSharpness>.self }),
        ("RandomPerspective", { Augmentation<RandomPerspective>.self }),
        ("RandomGaussianBlur", { Augmentation<RandomGaussianBlur>.self }),
        ("RandomColorJitter", { Augmentation<RandomColorJitter>.self }),
        ("RandomErasing", { Augmentation<RandomErasing>.self }),
        ("AugMix", { Augmentation<AugMix>.self }),
        ("CutMix", { Augmentation<CutMix>.self }),
        ("MixUp", { Augmentation<MixUp>.self }),
        ("RandAugment", { Augmentation<RandAugment>.self }),
        ("RandomColorDegeneration", { Augmentation<RandomColorDegeneration>.self }),
        ("RandomElasticTransform", { Augmentation<RandomElasticTransform>.self }),
        ("RandomInvert", { Augmentation<RandomInvert>.self }),
        ("RandomPosterization", { Augmentation<RandomPosterization>.self }),
        ("RandomShear", { Augmentation<RandomShear>.self }),
        ("CategoryEncoding", { CategoryEncoding.self }),
        ("Discretization", { Discretization.self }),
        ("IntegerLookup", { IntegerLookup.self }),
        ("StringLookup", { StringLookup.self }),
        ("TextVectorization", { TextVectorization.self }),
        ("Hashing", { Hashing.self }),
        ("HashedCrossing", { HashedCrossing.self }),
        ("Embedding", { Embedding.self }),
        ("Masking", { Masking.self }),
        ("SimpleRNN", { SimpleRNN.self }),
        ("LSTM", { LSTM.self }),
        ("GRU", { GRU.self }),
        ("RNN", { RNN.self }),
        ("Bidirectional", { Bidirectional.self }),
        ("TimeDistributed", { TimeDistributed.self }),
        ("Attention", { Attention.self }),
        ("AdditiveAttention", { AdditiveAttention.self }),
        ("MultiHeadAttention", { MultiHeadAttention.self }),
        ("GroupedQueryAttention", { GroupedQueryAttention.self }),
    ]

    /// Plain functions of tensors in Keras' graphs. They have other names in files and are not available in
    /// recipes.
    static let operations: [Registration] = [
        ("GetItem", { GetItem.self }),
        ("Reduce", { Reduce.self }),
        ("Elementwise", { Elementwise.self }),
        ("Divide", { Divide.self }),
        ("Matmul", { Matmul.self }),
        ("Stack", { Stack.self }),
    ]

    /// Layers of other modules, such as tests.
    private static let added = Mutex<[Registration]>([])

    /// Adds a layer to the table, for use in files and recipes.
    public static func add(_ type: any Layer.Type) {
        added.withLock { $0.append((type.className, { type })) }
    }

    static var all: [any Layer.Type] { rows.map { $0.type() } }

    /// For the documentation of layers: each class, with true if it has a backward pass.
    public static var documented: [(className: String, hasBackward: Bool)] {
        all.map { ($0.className, $0.propagatesGradients && !$0.onlyAnswers) }
    }

    public static var classNames: [String] { rows.map(\.className) }
    public static var operationNames: [String] { operations.map(\.className) }

    /// Creates a layer from its class and options in a model file or a recipe. Recipes are strict: an unknown
    /// option is an error there, while files may contain unknown options.
    public static func make(className: String, config: JSONObject, strict: Bool = false) throws(CellarError)
        -> any Layer
    {
        var reader = LayerConfig(className: className, config)
        guard let type = row(className, strict: strict)?.type() else {
            switch className {
            case "Lambda", "TensorFlowOpLayer":
                throw reader.error(
                    "holds code, which is never executed; replace it with layers, then save again")
            default: throw unknown(className, reader, strict: strict)
            }
        }
        var layer = try type.init(from: &reader)
        layer.name = try reader.string("name", default: layer.name)
        layer.trainable = try reader.bool("trainable", default: true)
        reader.ignore("dtype", "batch_input_shape")
        if strict { try reader.rejectUnknownKeys() }
        return layer
    }

    /// Creates a plain function of tensors; see `operations`.
    public static func makeOperation(_ className: String, _ config: JSONObject) throws(CellarError)
        -> any Layer
    {
        try make(className: className, config: config)
    }

    /// Keras' layers that are not supported, and other class names that configs have in place of a layer.
    private static let missing: Set<String> = [
        "AbstractRNNCell", "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
        "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", "AutoContrast", "ClassMethod",
        "ContrastLimitedAdaptiveHistogramEqualization", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D",
        "DenseFeatures", "Equalization", "FeatureSpace", "FlaxLayer", "GRUCell", "Highway", "InstanceMethod",
        "InstanceProperty", "JaxLayer", "LSTMCell", "LocallyConnected1D", "LocallyConnected2D",
        "MaxNumBoundingBoxes", "MaxoutDense", "MelSpectrogram", "Pipeline", "RandomCrop",
        "RandomFourierFeatures", "ReversibleEmbedding", "STFTSpectrogram", "SimpleRNNCell", "SlicingOpLambda",
        "Solarization", "SpectralNormalization", "StackedRNNCells", "StochasticDepth",
        "SyncBatchNormalization", "TFOpLambda", "TFSMLayer", "TorchModuleWrapper", "Wrapper",
    ]

    /// Returns the error for a class that is not in the table, depending on whether Keras has it. A name in a
    /// recipe may be misspelt; a name in a file was written by a program.
    private static func unknown(_ className: String, _ reader: LayerConfig, strict: Bool) -> CellarError {
        if missing.contains(className) {
            return reader.error("is a layer of Keras that is not supported here")
        }
        if strict {
            let hint = nearest(className, in: classNames).map { "; did you mean \($0)?" } ?? ""
            return reader.error("there is no such layer\(hint)")
        }
        if let name = nearest(className, in: classNames), differInOneLetter(name, className) {
            return reader.error("there is no such layer; did you mean \(name)?")
        }
        return reader.error(
            "is no layer of Keras: a custom class, whose code is not in the file and is never run")
    }

    /// Ignores case. A name that was written by a program is unlikely to have more errors.
    private static func differInOneLetter(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.lowercased().utf8), Array(b.lowercased().utf8))
        let start = zip(a, b).prefix { $0 == $1 }.count
        let end = zip(a.reversed(), b.reversed()).prefix { $0 == $1 }.count
        return start + end >= max(a.count, b.count) - 1
    }

    private static func row(_ className: String, strict: Bool) -> Registration? {
        func find(_ rows: [Registration]) -> Registration? { rows.first { $0.className == className } }
        return find(rows) ?? (strict ? nil : find(operations)) ?? find(added.withLock { $0 })
    }
}
