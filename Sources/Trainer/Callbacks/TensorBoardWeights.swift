import Base
import Datasets
import EventFiles
import Foundation
import Network
import Tensors

/// Writes the distribution of each weight (`dense/kernel/histogram`), and of its gradient over the first batch of the training
/// rows (`dense/kernel/gradient/histogram`).
func writeWeights(
    of state: RunState, _ epoch: Int, _ options: TensorBoard.Options, to file: EventFile
) throws(CellarError) {
    let model = state.model
    let paths = model.paths
    func tag(_ layer: Int, _ weight: Int) -> String {
        "\(paths[layer])/\(model.weightSpecs[layer][weight].name)"
    }
    for layer in model.layers.indices {
        for (weight, tensor) in model.weights[layer].enumerated() {
            let tag = tag(layer, weight)
            let histogram = Histogram(tensor.values)
            try file.write(
                Event(time: now(), step: epoch, content: .histogram(tag: tag + "/histogram", histogram)))
            if options.writesImages, let event = try picture(of: tensor, tag: tag + "/image") {
                try file.write(Event(time: now(), step: epoch, content: event))
            }
        }
    }
    let rows = 0..<min(state.batchSize, state.train.count)
    let batch = state.train.selecting(rows)
    let gradients = try weightGradients(
        of: model, state.objective, batch.inputs, batch.targets, weights: batch.weights)
    for found in gradients {
        let tag = tag(found.layer, found.weight) + "/gradient/histogram"
        try file.write(
            Event(
                time: now(), step: epoch, content: .histogram(tag: tag, Histogram(found.gradient.values))))
    }
}

/// A weight as pictures, as Keras' `write_images`: 0 is black, 1 and above white. At most three channels of a convolution.
private func picture(of tensor: Tensor, tag: String) throws(CellarError) -> Event.Content? {
    let shape = tensor.shape.filter { $0 != 1 }
    var images: [(height: Int, width: Int, values: [Float])] = []
    switch shape.count {
    case 0, 1: images = [(1, max(tensor.values.count, 1), tensor.values)]
    case 2:
        let (rows, columns) = (shape[0], shape[1])
        if rows > columns {
            let values = (0..<columns).flatMap { c in (0..<rows).map { tensor.values[$0 * columns + c] } }
            images = [(columns, rows, values)]
        } else {
            images = [(rows, columns, tensor.values)]
        }
    case 3:
        for channel in 0..<min(3, shape[2]) {
            let values = (0..<shape[0] * shape[1]).map { tensor.values[$0 * shape[2] + channel] }
            images.append((shape[0], shape[1], values))
        }
    default: return nil
    }
    guard let first = images.first, !tensor.values.isEmpty, max(first.width, first.height) <= 20_000 else {
        return nil
    }
    var pictures: [Data] = []
    for image in images {
        // TensorFlow's conversion of floats to bytes.
        let pixels = image.values.map { UInt8(max(0, min(255, ($0.isNaN ? 0 : $0) * 255.5))) }
        pictures.append(
            Data(try encodedPNG(GrayImage(width: image.width, height: image.height, pixels: pixels))))
    }
    return .images(tag: tag, width: first.width, height: first.height, pictures)
}
