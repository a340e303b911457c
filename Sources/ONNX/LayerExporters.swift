import Base
import Network
import Synchronization

/// Adds the nodes of one call of a layer to the graph.
typealias LayerExporter = @Sendable (inout ExportedCall) throws(CellarError) -> Value

/// An exporter that reads the options of the layer itself, for a class whose config does not have them in Keras' words.
private func reading<Class: Layer>(
    _ export: @escaping @Sendable (Class, inout ExportedCall) throws(CellarError) -> Value
) -> LayerExporter {
    { call throws(CellarError) in
        guard let layer = call.layer as? Class else { throw call.error("is no \(Class.className)") }
        return try export(layer, &call)
    }
}

/// The exporter of each class of layers: ONNX' own table. A class that is not here is refused by name.
let layerExporters: [String: LayerExporter] = [
    "Activation": exportActivation, "ActivityRegularization": exportNothing, "Add": exportAdd,
    "AdditiveAttention": exportAttention, "AlphaDropout": exportNothing, "Attention": exportAttention,
    "Average": exportAverage, "AveragePooling1D": exportAveragePooling,
    "AveragePooling2D": exportAveragePooling, "AveragePooling3D": exportAveragePooling,
    "BatchNormalization": exportBatchNormalization, "Bidirectional": reading(exportBidirectional),
    "CategoryEncoding": exportCategoryEncoding, "CenterCrop": exportCenterCrop,
    "CustomScaleLayer": exportScaledSum, "LayerScale": exportLayerScale,
    "Concatenate": exportConcatenate, "Conv1D": exportConvolution,
    "Conv1DTranspose": exportTransposedConvolution,
    "Conv2D": exportConvolution, "Conv2DTranspose": exportTransposedConvolution, "Conv3D": exportConvolution,
    "Conv3DTranspose": exportTransposedConvolution, "Cropping1D": exportCropping,
    "Cropping2D": exportCropping,
    "Cropping3D": exportCropping, "Dense": exportDense, "DepthwiseConv1D": exportDepthwiseConvolution,
    "DepthwiseConv2D": exportDepthwiseConvolution, "Discretization": exportDiscretization,
    "Divide": exportDivide, "Dot": reading(exportDot),
    "Dropout": exportNothing,
    "StringLookup": exportStringLookup,
    "ELU": exportParametricActivation,
    "EinsumDense": exportEinsumDense, "Elementwise": reading(exportElementwise), "Embedding": exportEmbedding,
    "Flatten": exportFlatten,
    "GRU": exportGRU,
    "GetItem": reading(exportGetItem),
    "GaussianDropout": exportNothing, "GaussianNoise": exportNothing,
    "GlobalAveragePooling1D": exportGlobalAveragePooling,
    "GlobalAveragePooling2D": exportGlobalAveragePooling,
    "GlobalAveragePooling3D": exportGlobalAveragePooling, "GlobalMaxPooling1D": exportGlobalMaxPooling,
    "GlobalMaxPooling2D": exportGlobalMaxPooling, "GlobalMaxPooling3D": exportGlobalMaxPooling,
    "GroupNormalization": exportGroupNormalization, "Identity": exportNothing,
    "IntegerLookup": exportIntegerLookup, "LSTM": exportLSTM,
    "LayerNormalization": exportLayerNormalization, "LeakyReLU": exportParametricActivation,
    "Masking": exportMasking, "Matmul": reading(exportMatmul),
    "MaxPooling1D": exportMaxPooling, "MaxPooling2D": exportMaxPooling, "MaxPooling3D": exportMaxPooling,
    "Maximum": exportMaximum, "Minimum": exportMinimum, "MultiHeadAttention": exportMultiHeadAttention,
    "Multiply": exportMultiply, "Normalization": exportNormalization, "PReLU": exportPReLU,
    "Permute": exportPermute, "RMSNormalization": exportRMSNormalization, "ReLU": exportParametricActivation,
    "Reduce": reading(exportReduce),
    "RandomBrightness": exportNothing, "RandomColorJitter": exportNothing, "RandomContrast": exportNothing,
    "AugMix": exportNothing, "CutMix": exportNothing, "MixUp": exportNothing, "RandAugment": exportNothing,
    "RandomColorDegeneration": exportNothing, "RandomElasticTransform": exportNothing,
    "RandomInvert": exportNothing, "RandomPosterization": exportNothing, "RandomShear": exportNothing,
    "RandomErasing": exportNothing, "RandomFlip": exportNothing, "RandomGaussianBlur": exportNothing,
    "RandomGrayscale": exportNothing, "RandomHeight": exportNothing, "RandomHue": exportNothing,
    "RandomPerspective": exportNothing, "RandomRotation": exportNothing, "RandomSaturation": exportNothing,
    "RandomSharpness": exportNothing, "RandomTranslation": exportNothing,
    "RandomWidth": exportNothing, "RandomZoom": exportNothing, "RepeatVector": exportRepeatVector,
    "Rescaling": exportRescaling, "Reshape": exportReshape,
    "Resizing": exportResizing,
    "SeparableConv1D": exportSeparableConvolution, "SeparableConv2D": exportSeparableConvolution,
    "SimpleRNN": exportSimpleRNN, "Softmax": exportSoftmax, "SpatialDropout1D": exportNothing,
    "SpatialDropout2D": exportNothing, "SpatialDropout3D": exportNothing, "Stack": reading(exportStack),
    "Subtract": exportSubtract, "TextVectorization": exportTextVectorization,
    "ThresholdedReLU": exportParametricActivation, "TimeDistributed": exportTimeDistributed,
    "UnitNormalization": reading(exportUnitNormalization), "UpSampling1D": exportUpSampling,
    "UpSampling2D": exportUpSampling, "UpSampling3D": exportUpSampling, "ZeroPadding1D": exportZeroPadding,
    "ZeroPadding2D": exportZeroPadding, "ZeroPadding3D": exportZeroPadding,
]

/// Exports a call by its layer's class.
func export(_ call: inout ExportedCall) throws(CellarError) -> Value {
    if let part = call.layer as? OutputPart { return call.output(call.input.parts[part.index]) }
    if call.layer is MaskChange { return try exportNothing(&call) }
    guard let exporter = layerExporters[call.layer.className] ?? ExporterTable.added[call.layer.className]
    else {
        throw call.error("cannot be exported to ONNX yet")
    }
    let value = try exporter(&call)
    guard value.parts.count == (call.layer.outputCount == 1 ? 0 : call.layer.outputCount) else {
        throw call.error("has several outputs, which ONNX export does not support yet")
    }
    return value
}

/// Exporters of layers that were added to `LayerTable`.
enum ExporterTable {
    private static let table = Mutex<[String: LayerExporter]>([:])
    static var added: [String: LayerExporter] { table.withLock { $0 } }

    static func add(_ className: String, _ exporter: @escaping LayerExporter) {
        table.withLock { $0[className] = exporter }
    }
}
