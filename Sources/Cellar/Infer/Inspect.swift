import Base
import Infer
import KerasFile

/// Asks for the contents of a model file.
public struct InspectRequest: Sendable {
    /// A reference or a path.
    public var model: String
    /// The layers that go with weights alone: a config in JSON, a model file, or a version in the store.
    public var architecture: String?

    public init(model: String, architecture: String? = nil) {
        (self.model, self.architecture) = (model, architecture)
    }
}

/// Asks for the weights of one layer.
public struct InspectWeightsRequest: Sendable {
    /// A reference or a path.
    public var model: String
    public var layer: String
    public var architecture: String?

    public init(model: String, layer: String, architecture: String? = nil) {
        (self.model, self.layer, self.architecture) = (model, layer, architecture)
    }
}

/// The weights of one layer, in the layer's order.
public struct LayerWeightSummaries: Sendable {
    public var weights: [WeightSummary]

    public var json: JSON { .array(weights.map(\.json)) }
}

extension Store {
    public func inspect(_ request: InspectRequest) throws(CellarError) -> Inspection {
        let (file, trusted) = try trusted(request.model)
        var layers: Architecture?
        if let reference = request.architecture { layers = try architecture(reference) }
        return Inspection(try readModel(trusted, architecture: layers), name: file.reference)
    }

    public func inspectWeights(_ request: InspectWeightsRequest) throws(CellarError) -> LayerWeightSummaries {
        LayerWeightSummaries(
            weights: try inspect(InspectRequest(model: request.model, architecture: request.architecture))
                .weights(of: request.layer))
    }
}
