import Tensors

/// All weights of a network in two arenas: what training changes (with gradients and slots of the same layout), and what
/// it does not, such as moving averages and frozen layers.
final class Parameters {
    private struct Place {
        var trainable: Bool
        var range: Range<Int>
    }

    private let places: [[Place]]
    let trainable: Arena
    let fixed: Arena

    init(of network: Model) {
        var (trainableLayout, fixedLayout) = (ArenaLayout(), ArenaLayout())
        places = network.layers.indices.map { layer in
            network.weightSpecs[layer].indices.map { weight in
                let count = network.weightSpecs[layer][weight].count
                return network.isTrainable(layer: layer, weight: weight)
                    ? Place(trainable: true, range: trainableLayout.reserve(count))
                    : Place(trainable: false, range: fixedLayout.reserve(count))
            }
        }
        trainable = Arena(count: trainableLayout.count)
        fixed = Arena(count: fixedLayout.count)
        load(network)
    }

    func load(_ network: Model) {
        for layer in places.indices {
            for (weight, window) in weights(of: layer).enumerated() {
                window.copy(from: network.weights[layer][weight].values)
            }
        }
    }

    func weights(of layer: Int) -> [Floats] {
        places[layer].map { ($0.trainable ? trainable : fixed).slice($0.range) }
    }

    /// The windows of another arena of the trainable layout: gradients or a slot. Nil for a weight that is not trained.
    func windows(of layer: Int, in arena: Arena) -> [Floats?] {
        places[layer].map { $0.trainable ? arena.slice($0.range) : nil }
    }

    /// The tensors of an arena of the trainable layout, in the network's order.
    func tensors(in arena: Arena, of network: Model) -> [Tensor] {
        eachTrainable(network).map { Tensor(shape: $0.spec.shape, values: arena.slice($0.range).array) }
    }

    func load(_ tensors: [Tensor], into arena: Arena, of network: Model) throws(ConfigError) {
        let wanted = eachTrainable(network)
        guard tensors.count == wanted.count else {
            throw ConfigError(
                "the optimizer's state has \(tensors.count) arrays, but \(wanted.count) weights are trained")
        }
        for (tensor, place) in zip(tensors, wanted) {
            guard tensor.shape == place.spec.shape else {
                throw ConfigError(
                    "the optimizer's state for \(place.spec.name) is \(tensor.shape), but the weight is \(place.spec.shape)"
                )
            }
        }
        for (tensor, place) in zip(tensors, wanted) { arena.slice(place.range).copy(from: tensor.values) }
    }

    private func eachTrainable(_ network: Model) -> [(spec: WeightSpec, range: Range<Int>)] {
        var all: [(spec: WeightSpec, range: Range<Int>)] = []
        for layer in places.indices {
            for (spec, place) in zip(network.weightSpecs[layer], places[layer]) where place.trainable {
                all.append((spec, place.range))
            }
        }
        return all
    }

    /// The network with the weights as they are now.
    func snapshot(of network: Model) -> Model {
        var copy = network
        for layer in places.indices {
            let tensors = zip(network.weightSpecs[layer], weights(of: layer)).map {
                Tensor(shape: $0.shape, values: $1.array)
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
