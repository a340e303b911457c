import Network

extension Model {
    /// One weight: of which layer, and which of its weights.
    struct WeightPlace: Equatable {
        var layer: Int
        var weight: Int
    }

    /// The members of the outermost model with their names and weights, in the order of an HDF5 file: of a model inside
    /// first what training changes, then the rest, where a frozen layer counts wholly as the rest. Source: Keras'
    /// `Layer.weights`.
    func membersInFile() -> [(name: String, isInput: Bool, weights: [WeightPlace])] {
        structure.members.map { member in
            switch member {
            case .layer(let layer):
                return (layers[layer].name, layers[layer] is InputLayer, places(of: layer))
            case .model(let inside):
                let all = inside.layers.flatMap(places)
                let trained = all.filter { isTrainable(layer: $0.layer, weight: $0.weight) }
                return (inside.name, false, trained + all.filter { !trained.contains($0) })
            }
        }
    }

    private func places(of layer: Int) -> [WeightPlace] {
        weightSpecs[layer].indices.map { WeightPlace(layer: layer, weight: $0) }
    }

    func spec(_ place: WeightPlace) -> WeightSpec { weightSpecs[place.layer][place.weight] }
}
