import Base
import Tensors

/// All weights of a network in two arenas: the trainable ones (with gradients and optimizer slots in the same
/// layout) and the others, such as moving averages and frozen layers.
final class Parameters {
    private struct ParameterBlock {
        var trainable: Bool
        var range: Range<Int>
        var panels: Panels

        init(_ spec: WeightSpec, trainable: Bool, panels: Int, in layout: inout ArenaLayout) {
            self.trainable = trainable
            // A kernel smaller than a cache line needs no alignment.
            self.panels =
                spec.alignsRows && spec.shape.count == 2
                ? Panels(
                    rows: spec.shape[0], columns: spec.shape[1], panels: panels, aligned: spec.shape[1] > 16)
                : Panels(rows: 1, columns: spec.count, aligned: false)
            range = layout.reserve(self.panels.count)
        }
    }

    private let places: [[ParameterBlock]]
    let trainable: Arena
    let fixed: Arena

    /// - panels: The number of panels of each layer's kernel; 1 if empty.
    init(of network: Model, panels: [Int] = []) throws(CellarError) {
        var (trainableLayout, fixedLayout) = (ArenaLayout(), ArenaLayout())
        places = network.layers.indices.map { layer in
            network.weightSpecs[layer].indices.map { weight in
                let spec = network.weightSpecs[layer][weight]
                let count = weight == 0 && layer < panels.count ? panels[layer] : 1
                return network.isTrainable(layer: layer, weight: weight)
                    ? ParameterBlock(spec, trainable: true, panels: count, in: &trainableLayout)
                    : ParameterBlock(spec, trainable: false, panels: count, in: &fixedLayout)
            }
        }
        try checkMemory(numbers: trainableLayout.count + fixedLayout.count, for: network.largestWeights)
        trainable = Arena(count: trainableLayout.count)
        fixed = Arena(count: fixedLayout.count)
        load(network)
    }

    func load(_ network: Model) {
        for layer in places.indices {
            for (weight, place) in places[layer].enumerated() {
                put(network.weights[layer][weight], into: place.trainable ? trainable : fixed, place)
            }
        }
    }

    func weights(of layer: Int) -> [Floats] {
        places[layer].map { ($0.trainable ? trainable : fixed).slice($0.range) }
    }

    /// Returns the windows of a layer's weights in another arena of the trainable layout (gradients or an
    /// optimizer slot); nil for each weight that is not trained.
    func windows(of layer: Int, in arena: Arena) -> [Floats?] {
        places[layer].map { $0.trainable ? arena.slice($0.range) : nil }
    }

    /// Returns the range of a weight in the trainable arena; nil if it is not trained.
    func trainableRange(layer: Int, weight: Int) -> Range<Int>? {
        let place = places[layer][weight]
        return place.trainable ? place.range : nil
    }

    /// Returns the layout of a weight within its window.
    func panels(layer: Int, weight: Int) -> Panels { places[layer][weight].panels }

    private func put(_ tensor: Tensor, into arena: Arena, _ place: ParameterBlock) {
        eachRun(of: place, tensor.values.count) { arena.slice($0).copy(from: tensor.values, at: $1) }
    }

    private func tensor(in arena: Arena, _ place: ParameterBlock, shape: [Int]) -> Tensor {
        var values = [Float](repeating: 0, count: shape.reduce(1, *))
        eachRun(of: place, values.count) { arena.slice($0).copy(into: &values, at: $1) }
        return Tensor(shape: shape, values: values)
    }

    /// Calls `body` with each contiguous run: its range in the arena, and its start in a plain array of
    /// `count` numbers.
    private func eachRun(of place: ParameterBlock, _ count: Int, _ body: (Range<Int>, Int) -> Void) {
        let width = count / max(place.panels.rows, 1)
        for panel in place.panels.all {
            for row in 0..<place.panels.rows {
                let start = place.range.lowerBound + panel.start + row * panel.stride
                body(start..<start + panel.columns.count, row * width + panel.columns.lowerBound)
            }
        }
    }

    /// Returns the tensors of an arena of the trainable layout, in the network's order.
    func tensors(in arena: Arena, of network: Model) -> [Tensor] {
        eachTrainable(network).map { tensor(in: arena, $0.place, shape: $0.spec.shape) }
    }

    func load(_ tensors: [Tensor], into arena: Arena, of network: Model) throws(CellarError) {
        let wanted = eachTrainable(network)
        guard tensors.count == wanted.count else {
            throw CellarError(
                "the optimizer's state has \(tensors.count) arrays, but \(wanted.count) weights are trained")
        }
        for (tensor, (spec, _)) in zip(tensors, wanted) where tensor.shape != spec.shape {
            throw CellarError(
                "the optimizer's state for \(spec.name) is \(tensor.shape), but the weight is \(spec.shape)")
        }
        for (tensor, (_, place)) in zip(tensors, wanted) { put(tensor, into: arena, place) }
    }

    private func eachTrainable(_ network: Model) -> [(spec: WeightSpec, place: ParameterBlock)] {
        var all: [(spec: WeightSpec, place: ParameterBlock)] = []
        for layer in places.indices {
            for (spec, place) in zip(network.weightSpecs[layer], places[layer]) where place.trainable {
                all.append((spec, place))
            }
        }
        return all
    }

    /// Returns the ranges of the trainable memory without the weights in `updated`, which are updated
    /// elsewhere: the optimizer updates these ranges.
    func ranges(without updated: [Plan.WeightIndex]) -> [Range<Int>] {
        var (ranges, start) = ([Range<Int>](), 0)
        for layer in places.indices {
            for (weight, place) in places[layer].enumerated()
            where place.trainable && updated.contains(.init(layer: layer, weight: weight)) {
                if start < place.range.lowerBound { ranges.append(start..<place.range.lowerBound) }
                start = place.range.upperBound
            }
        }
        if start < trainable.count { ranges.append(start..<trainable.count) }
        return ranges
    }

    /// Returns the network with the current weights.
    func snapshot(of network: Model) -> Model {
        var copy = network
        // Inputs in place of texts may follow the network's own layers.
        for layer in network.layers.indices {
            let tensors = zip(network.weightSpecs[layer], places[layer]).map {
                tensor(in: $1.trainable ? trainable : fixed, $1, shape: $0.shape)
            }
            do {
                try copy.setWeights(tensors, layer: layer)
            } catch {
                preconditionFailure("the network's own shapes do not fit it: \(error)")
            }
        }
        return copy
    }
}
