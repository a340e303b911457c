import Base

/// Converts classes and options of Keras 1.0 to 1.2 to 2.10's.
///
/// Source: the configs and constructors of Keras 1.2.2, and the conversions of Keras 2.2's
/// `legacy/interfaces.py`.
enum Keras1 {
    private static let classes = [
        "Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "Convolution3D": "Conv3D",
        "AtrousConvolution1D": "Conv1D", "AtrousConvolution2D": "Conv2D",
        "Deconvolution2D": "Conv2DTranspose", "SeparableConvolution2D": "SeparableConv2D",
        // Dense works on the last axis for every rank.
        "TimeDistributedDense": "Dense",
    ]
    private static let gone = ["MaxoutDense", "Highway", "ParametricSoftplus", "SReLU", "Graph"]

    static func update(_ entry: inout LayerEntry, dimOrdering: String) throws {
        guard !gone.contains(entry.className) else {
            throw entry.unsupported("this Keras 1 layer has no successor and is not supported")
        }
        if entry.className == "Merge" { return try updateMerge(&entry) }
        entry.className = classes[entry.className] ?? entry.className
        entry.remove("input_dtype", "consume_less", "input_length")
        if entry.className != "Embedding" { entry.remove("input_dim") }

        switch entry.className {
        case "Dense": entry.rename("output_dim", "units")
        case "LSTM", "GRU", "SimpleRNN": updateRecurrent(&entry)
        case "Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "SeparableConv2D": try updateConvolution(&entry)
        case "Embedding":
            for (old, new) in [
                ("init", "embeddings_initializer"), ("W_regularizer", "embeddings_regularizer"),
                ("W_constraint", "embeddings_constraint"),
            ] { entry.rename(old, new) }
            entry.remove("dropout")
        case "BatchNormalization":
            guard entry.config["mode"]?.int ?? 0 == 0 else {
                throw entry.unsupported(
                    "mode \(entry.config["mode"]?.text() ?? "") of Keras 1 is not supported, only mode 0")
            }
            entry.remove("mode")
            entry.rename("beta_init", "beta_initializer")
            entry.rename("gamma_init", "gamma_initializer")
        case "MaxPooling1D", "AveragePooling1D":
            entry.rename("pool_length", "pool_size")
            entry.rename("stride", "strides")
        case "UpSampling1D": entry.rename("length", "size")
        case "PReLU": entry.rename("init", "alpha_initializer")
        case "Dropout", "GaussianDropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D":
            entry.rename("p", "rate")
        case "GaussianNoise": entry.rename("sigma", "stddev")
        case "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D": updatePadding(&entry)
        default: break
        }
        updateCommonNames(&entry)
        updateDataFormat(&entry, dimOrdering)
    }

    /// Options that several classes have.
    private static func updateCommonNames(_ entry: inout LayerEntry) {
        for (old, new) in [
            ("init", "kernel_initializer"), ("bias", "use_bias"), ("border_mode", "padding"),
            ("W_regularizer", "kernel_regularizer"), ("U_regularizer", "recurrent_regularizer"),
            ("b_regularizer", "bias_regularizer"), ("W_constraint", "kernel_constraint"),
            ("U_constraint", "recurrent_constraint"), ("b_constraint", "bias_constraint"),
        ] { entry.rename(old, new) }
        for key in entry.config.keys {
            if key.hasSuffix("_regularizer") { entry.change(key, regularizer) }
            if key.hasSuffix("_constraint") { entry.change(key, constraint) }
            // An initializer has no effect after training, so an unknown one is not an error.
            if key.hasSuffix("_initializer"), let name = entry.config[key]?.string,
                !initializers.contains(name)
            {
                entry.config[key] = nil
            }
        }
    }

    private static let initializers = [
        "uniform", "normal", "lecun_uniform", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform",
        "orthogonal", "identity", "zero", "one",
    ]

    /// `{"name": "L1L2Regularizer", "l1": 0.0, "l2": 0.01}`
    private static func regularizer(_ json: JSON) -> JSON {
        let names = ["L1L2Regularizer", "WeightRegularizer", "ActivityRegularizer"]
        guard let name = json["name"]?.string, names.contains(name) else { return json }
        let (l1, l2) = (json["l1"] ?? 0, json["l2"] ?? 0)
        guard l1.double != 0 || l2.double != 0 else { return .null }
        return ["class_name": "L1L2", "config": ["l1": l1, "l2": l2]]
    }

    /// `{"name": "MaxNorm", "m": 2, "axis": 0}`
    private static func constraint(_ json: JSON) -> JSON {
        guard var options = json.object, let name = options["name"]?.string else { return json }
        options["name"] = nil
        for (old, new) in [("m", "max_value"), ("low", "min_value"), ("high", "max_value")] {
            if let value = options[old] { (options[old], options[new]) = (nil, value) }
        }
        let current = ["maxnorm": "MaxNorm", "nonneg": "NonNeg", "unitnorm": "UnitNorm"]
        return ["class_name": .string(current[name.lowercased()] ?? name), "config": .object(options)]
    }

    private static func updateRecurrent(_ entry: inout LayerEntry) {
        for (old, new) in [
            ("output_dim", "units"), ("inner_init", "recurrent_initializer"),
            ("inner_activation", "recurrent_activation"), ("dropout_W", "dropout"),
            ("dropout_U", "recurrent_dropout"),
        ] { entry.rename(old, new) }
        if entry.className == "LSTM" {
            entry.rename("forget_bias_init", "unit_forget_bias")
            entry.change("unit_forget_bias") { .bool($0 == "one" || $0 == true) }
        }
        if entry.className == "GRU" { entry.standard("reset_after", false) }
        if entry.className != "SimpleRNN" { entry.standard("recurrent_activation", "hard_sigmoid") }
        entry.standard("activation", "tanh")
    }

    private static func updateConvolution(_ entry: inout LayerEntry) throws {
        for (old, new) in [
            ("nb_filter", "filters"), ("subsample", "strides"), ("subsample_length", "strides"),
            ("atrous_rate", "dilation_rate"),
        ] { entry.rename(old, new) }
        entry.remove("output_shape")
        let sizes = [
            ["filter_length"], ["nb_row", "nb_col"], ["kernel_dim1", "kernel_dim2", "kernel_dim3"],
        ]
        for keys in sizes {
            let values = keys.compactMap { entry.config[$0] }
            guard values.count == keys.count else { continue }
            keys.forEach { entry.config[$0] = nil }
            entry.standard("kernel_size", .array(values))
        }
        let className = entry.className
        for key in ["strides", "dilation_rate"] {
            entry.change(key) { $0.int == nil || className != "Conv1D" ? $0 : [$0] }
        }
        if entry.config["border_mode"] == "full" {
            throw entry.unsupported("border_mode \"full\", which only Theano had, is not supported")
        }
    }

    /// Converts (top, bottom, left, right), or an object of them. One number per side is valid in 2.10 too.
    private static func updatePadding(_ entry: inout LayerEntry) {
        let isFlat = entry.className == "ZeroPadding1D"
        entry.change("padding") { padding in
            if let sides = padding.array, sides.count == 4 {
                return [.array(Array(sides[..<2])), .array(Array(sides[2...]))]
            }
            guard let sides = padding.object else { return padding }
            func pair(_ first: String, _ second: String) -> JSON { [sides[first] ?? 0, sides[second] ?? 0] }
            return isFlat
                ? pair("left_pad", "right_pad")
                : [pair("top_pad", "bottom_pad"), pair("left_pad", "right_pad")]
        }
    }

    /// Sets the data format of classes that did not save it. They used the global setting, which is taken
    /// from the other layers.
    private static func updateDataFormat(_ entry: inout LayerEntry, _ dimOrdering: String) {
        let silent = [
            "UpSampling2D", "UpSampling3D", "ZeroPadding2D", "ZeroPadding3D", "Cropping2D", "Cropping3D",
            "SpatialDropout2D", "SpatialDropout3D",
        ]
        entry.rename("dim_ordering", "data_format")
        if silent.contains(entry.className) { entry.standard("data_format", .string(dimOrdering)) }
        entry.change("data_format") {
            $0 == "th"
                ? "channels_first"
                : $0 == "tf"
                    ? "channels_last"
                    : $0 == "default" ? (dimOrdering == "th" ? "channels_first" : "channels_last") : $0
        }
    }
}
