import JSONText

/// Every layer there is. A class that is not in this table is refused by name: nothing else is ever run.
public enum LayerTable {
    static let all: [any Layer.Type] = [
        InputLayer.self, Dense.self, EinsumDense.self, Flatten.self, ActivationLayer.self, Dropout.self,
        BatchNormalization.self,
        Rescaling.self, Normalization.self, LayerNormalization.self, GroupNormalization.self,
        RMSNormalization.self, UnitNormalization.self,
        ReLU.self, LeakyReLU.self, ELU.self, ThresholdedReLU.self, PReLU.self, Softmax.self,
        Reshape.self, Permute.self, RepeatVector.self, Identity.self,
        GaussianNoise.self, ActivityRegularization.self, GaussianDropout.self, AlphaDropout.self,
        SpatialDropout1D.self,
        SpatialDropout2D.self, SpatialDropout3D.self,
        Add.self, Subtract.self, Multiply.self, Average.self, Maximum.self, Minimum.self, Concatenate.self,
        Dot.self,
        Conv1D.self, Conv2D.self, Conv3D.self, DepthwiseConv1D.self, DepthwiseConv2D.self,
        SeparableConv1D.self, SeparableConv2D.self,
        Conv1DTranspose.self, Conv2DTranspose.self, Conv3DTranspose.self,
        MaxPooling1D.self, MaxPooling2D.self, MaxPooling3D.self,
        AveragePooling1D.self, AveragePooling2D.self, AveragePooling3D.self,
        GlobalMaxPooling1D.self, GlobalMaxPooling2D.self, GlobalMaxPooling3D.self,
        GlobalAveragePooling1D.self, GlobalAveragePooling2D.self, GlobalAveragePooling3D.self,
        ZeroPadding1D.self, ZeroPadding2D.self, ZeroPadding3D.self,
        Cropping1D.self, Cropping2D.self, Cropping3D.self,
        UpSampling1D.self, UpSampling2D.self, UpSampling3D.self, Resizing.self, CenterCrop.self,
        CategoryEncoding.self, Discretization.self, IntegerLookup.self,
        Embedding.self, Masking.self, SimpleRNN.self, LSTM.self, GRU.self, RNN.self,
        Bidirectional.self, TimeDistributed.self, Attention.self, AdditiveAttention.self,
        MultiHeadAttention.self,
        GroupedQueryAttention.self,
    ]

    /// For the page of layers: each class, and whether it has a backward pass.
    public static var documented: [(className: String, hasBackward: Bool)] {
        all.map { ($0.className, $0.propagatesGradients) }
    }

    public static var classNames: [String] { all.map { $0.className } }

    /// Makes a layer from its class and its options, as a model file or a recipe has them. A recipe is strict: an
    /// option that does not exist is a mistake there, while files may carry more than we know.
    public static func make(className: String, config: JSONObject, strict: Bool = false) throws(ConfigError)
        -> any Layer
    {
        var reader = LayerConfig(className: className, config)
        guard let type = all.first(where: { $0.className == className }) else {
            switch className {
            case "Lambda", "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer":
                throw reader.error(
                    "holds code, which is never executed; replace it with layers, then save again")
            default:
                let hint = nearest(className, in: classNames).map { "; did you mean \($0)?" } ?? ""
                throw reader.error("there is no such layer\(hint)")
            }
        }
        var layer = try type.init(from: &reader)
        layer.name = try reader.string("name", default: layer.name)
        layer.trainable = try reader.bool("trainable", default: true)
        reader.ignore("dtype", "batch_input_shape")
        if strict { try reader.rejectUnknownKeys() }
        return layer
    }
}
