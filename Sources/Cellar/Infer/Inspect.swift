import Base
import Infer
import KerasFile

/// Asks for the contents of a model file.
public struct InspectRequest: Sendable {
    /// A reference or a path.
    public var model: String

    public init(model: String) { self.model = model }
}

/// Asks for the weights of one layer.
public struct InspectWeightsRequest: Sendable {
    /// A reference or a path.
    public var model: String
    public var layer: String

    public init(model: String, layer: String) { (self.model, self.layer) = (model, layer) }
}

/// The weights of one layer, in the layer's order.
public struct LayerWeightSummaries: Sendable {
    public var weights: [WeightSummary]

    public var json: JSON { .array(weights.map(\.json)) }
}

extension Store {
    public func inspect(_ request: InspectRequest) throws(CellarError) -> Inspection {
        let (file, trusted) = try trusted(request.model)
        return Inspection(try readModel(trusted), name: file.reference)
    }

    public func inspectWeights(_ request: InspectWeightsRequest) throws(CellarError) -> LayerWeightSummaries {
        LayerWeightSummaries(
            weights: try inspect(InspectRequest(model: request.model)).weights(of: request.layer))
    }
}
