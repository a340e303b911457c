import Base
import Testing

@testable import Network

extension GradientCase {
    /// One layer from its options, between layers that make its input depend on trained weights and its output matter.
    fileprivate static func convolving(_ className: String, _ options: JSONObject, _ shape: [Int])
        -> GradientCase
    {
        GradientCase(
            description: "\(className) \(JSON.object(options).text()) on \(shape)",
            layers: {
                [
                    Dense(units: shape[shape.count - 1], activation: .tanh),
                    try LayerTable.make(className: className, config: options, strict: true), Flatten(),
                    Dense(units: 2),
                ]
            }, shape: shape)
    }

    static let convolutions: [GradientCase] = [
        convolving("Conv1D", ["filters": 3, "kernel_size": 3], [6, 2]),
        convolving(
            "Conv1D", ["filters": 2, "kernel_size": 2, "padding": "causal", "dilation_rate": 2], [6, 2]),
        convolving("Conv1D", ["filters": 2, "kernel_size": 3, "data_format": "channels_first"], [2, 6]),
        convolving("Conv2D", ["filters": 3, "kernel_size": [2, 3], "activation": "relu"], [4, 5, 2]),
        convolving("Conv2D", ["filters": 3, "kernel_size": 3, "padding": "same", "strides": 2], [5, 4, 2]),
        convolving("Conv2D", ["filters": 4, "kernel_size": 2, "groups": 2, "use_bias": false], [3, 3, 4]),
        convolving("Conv2D", ["filters": 2, "kernel_size": 2, "dilation_rate": [2, 1]], [4, 4, 2]),
        convolving("Conv2D", ["filters": 3, "kernel_size": 1, "activation": "gelu"], [3, 3, 2]),
        convolving("Conv2D", ["filters": 2, "kernel_size": 1, "strides": 2], [4, 4, 3]),
        convolving(
            "Conv2D", ["filters": 2, "kernel_size": 3, "padding": "same", "data_format": "channels_first"],
            [2, 4, 3]),
        convolving(
            "Conv2D",
            [
                "filters": 4, "kernel_size": 2, "groups": 2, "data_format": "channels_first",
                "activation": "softmax",
            ],
            [2, 3, 4]),
        convolving("Conv2D", ["filters": 4, "kernel_size": 2, "activation": "glu"], [3, 4, 2]),
        convolving("Conv2D", ["filters": 17, "kernel_size": 3, "padding": "same"], [3, 3, 2]),
        convolving(
            "Conv3D", ["filters": 2, "kernel_size": 2, "strides": [1, 2, 1], "padding": "same"], [3, 3, 2, 2]),
        convolving("DepthwiseConv1D", ["kernel_size": 3, "depth_multiplier": 2], [5, 2]),
        convolving("DepthwiseConv2D", ["kernel_size": [2, 3], "activation": "sigmoid"], [4, 4, 3]),
        convolving(
            "DepthwiseConv2D", ["kernel_size": 3, "depth_multiplier": 2, "strides": 2, "padding": "same"],
            [5, 4, 2]),
        convolving(
            "DepthwiseConv2D",
            ["kernel_size": 2, "depth_multiplier": 3, "data_format": "channels_first", "dilation_rate": 2],
            [2, 4, 4]),
        convolving(
            "DepthwiseConv2D", ["kernel_size": 2, "data_format": "channels_first", "use_bias": false],
            [2, 3, 4]),
        convolving("SeparableConv1D", ["filters": 3, "kernel_size": 2, "padding": "causal"], [5, 2]),
        convolving(
            "SeparableConv2D",
            [
                "filters": 3, "kernel_size": 3, "depth_multiplier": 2, "padding": "same", "strides": 2,
                "activation": "elu",
            ],
            [4, 5, 2]),
        convolving(
            "SeparableConv2D",
            ["filters": 2, "kernel_size": 2, "data_format": "channels_first", "use_bias": false],
            [2, 3, 4]),
        convolving(
            "Conv1DTranspose", ["filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"], [4, 2]),
        convolving(
            "Conv2DTranspose", ["filters": 3, "kernel_size": 3, "strides": 2, "activation": "relu"],
            [2, 3, 2]),
        convolving(
            "Conv2DTranspose",
            [
                "filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1,
                "activation": "swish",
            ],
            [2, 3, 2]),
        convolving(
            "Conv2DTranspose",
            [
                "filters": 2, "kernel_size": 2, "data_format": "channels_first", "dilation_rate": 2,
                "activation": "tanh",
            ],
            [2, 3, 3]),
        convolving(
            "Conv3DTranspose", ["filters": 2, "kernel_size": 2, "strides": 2, "use_bias": false],
            [2, 1, 2, 2]),
    ]

    static let pooling: [GradientCase] = [
        convolving("MaxPooling1D", ["pool_size": 2], [6, 3]),
        convolving("MaxPooling2D", ["pool_size": [2, 3], "strides": 1, "padding": "same"], [4, 4, 2]),
        convolving("MaxPooling2D", ["pool_size": 2, "data_format": "channels_first"], [2, 4, 5]),
        convolving("MaxPooling3D", ["pool_size": 2], [2, 4, 2, 2]),
        convolving("AveragePooling1D", ["pool_size": 3, "strides": 2, "padding": "same"], [6, 2]),
        convolving("AveragePooling2D", ["pool_size": 3, "strides": [1, 2], "padding": "same"], [4, 5, 2]),
        convolving("AveragePooling2D", ["data_format": "channels_first"], [2, 4, 4]),
        convolving("AveragePooling3D", ["padding": "same"], [3, 3, 2, 2]),
        convolving("GlobalMaxPooling1D", ["data_format": "channels_first"], [2, 5]),
        convolving("GlobalMaxPooling2D", ["keepdims": true], [3, 4, 2]),
        convolving("GlobalAveragePooling1D", [:], [5, 2]),
        convolving(
            "GlobalAveragePooling2D", ["data_format": "channels_first", "keepdims": true], [2, 3, 3]),
        convolving("GlobalAveragePooling3D", [:], [2, 3, 2, 2]),
        convolving("ZeroPadding1D", ["padding": [1, 2]], [3, 2]),
        convolving("ZeroPadding2D", ["padding": [[1, 0], [0, 2]]], [2, 3, 2]),
        convolving("ZeroPadding2D", ["padding": [1, 2], "data_format": "channels_first"], [2, 2, 3]),
        convolving("ZeroPadding3D", ["padding": 1], [2, 1, 2, 2]),
        convolving("Cropping1D", ["cropping": 1], [5, 2]),
        convolving("Cropping2D", ["cropping": [[1, 0], [0, 2]]], [3, 4, 2]),
        convolving(
            "Cropping3D", ["cropping": [[0, 1], [1, 0], [0, 0]], "data_format": "channels_first"],
            [2, 3, 2, 2]),
        convolving("UpSampling1D", ["size": 3], [2, 2]),
        convolving("UpSampling2D", ["size": [2, 3]], [2, 2, 2]),
        convolving(
            "UpSampling2D", ["interpolation": "bilinear", "data_format": "channels_first"], [2, 3, 2]),
        convolving("UpSampling3D", ["size": [1, 2, 1]], [2, 2, 1, 2]),
        convolving("Resizing", ["height": 3, "width": 5], [4, 4, 2]),
        convolving(
            "Resizing", ["height": 3, "width": 2, "crop_to_aspect_ratio": true, "interpolation": "nearest"],
            [4, 5, 2]),
        convolving("CenterCrop", ["height": 2, "width": 3], [5, 4, 2]),
        convolving("CenterCrop", ["height": 4, "width": 5], [3, 4, 2]),
    ]
}

@Test("gradients of the convolution family", arguments: GradientCase.convolutions)
func convolutionGradients(given: GradientCase) throws { try finiteDifferences(given: given) }

@Test("gradients of pooling, padding and resampling", arguments: GradientCase.pooling)
func poolingGradients(given: GradientCase) throws { try finiteDifferences(given: given) }
