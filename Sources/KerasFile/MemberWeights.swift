import Network

extension Model {
    /// The position of a weight: its layer, and its index in that layer.
    struct WeightPlace: Equatable {
        var layer: Int
        var weight: Int
    }

    /// Returns the members of the outermost model with their names and weights, in the order of an HDF5 file.
    /// Within a nested model the trainable weights come first, then the others, which include all weights of
    /// frozen layers. Source: Keras' `Layer.weights`.
    ///
    /// - Parameter counts: The number of stored arrays of each layer, if it differs from the number of
    ///   weights.
    func membersInFile(counts: [Int]? = nil) -> [Member] {
        func places(of layer: Int) -> [WeightPlace] {
            (0..<(counts?[layer] ?? weightSpecs[layer].count)).map { WeightPlace(layer: layer, weight: $0) }
        }
        return structure.members.map { member in
            switch member {
            case .layer(let layer):
                return Member(
                    name: layers[layer].name, isInput: layers[layer].isInput, layer: layer,
                    weights: places(of: layer))
            case .model(let inside):
                let all = inside.layers.map(places)
                let trained = all.flatMap { $0.filter { isTrained($0, of: counts) } }
                let rest = all.flatMap { $0.filter { !isTrained($0, of: counts) } }
                return Member(name: inside.memberName, isInput: false, layer: nil, weights: trained + rest)
            }
        }
    }

    struct Member {
        var name: String
        var isInput: Bool
        /// Nil for a model.
        var layer: Int?
        var weights: [WeightPlace]
    }

    /// If the arrays do not correspond to single weights, all of them are of one kind.
    private func isTrained(_ place: WeightPlace, of counts: [Int]?) -> Bool {
        let isWeight = counts.map { $0[place.layer] == weightSpecs[place.layer].count } ?? true
        return isTrainable(layer: place.layer, weight: isWeight ? place.weight : 0)
    }

    func spec(_ place: WeightPlace) -> WeightSpec { weightSpecs[place.layer][place.weight] }
}
