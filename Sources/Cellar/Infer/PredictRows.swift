import Base
import Infer

/// Asks for predictions of rows by hand.
public struct PredictRowsRequest: Sendable {
    /// Each row as `7.4,0.70,0`, in the model's order; or one row as `alcohol=9.4`, `pH=3.5` and so on, by name.
    public var rows: [String]
    public var models: ModelSelection

    public init(rows: [String], models: ModelSelection = []) { (self.rows, self.models) = (rows, models) }
}

extension Store {
    public func predictRows(
        _ request: PredictRowsRequest, progress: ProgressReporter = .none
    ) throws(CellarError) -> PredictResult {
        let rows = request.rows
        let models = try load(request.models, progress) { () throws(CellarError) in
            return try rowModel("--row") { features in
                let names = HandRow.names(rows, among: features)
                return names.isEmpty ? HandRow.counts(rows) == [features.count] : areAll(names, in: features)
            }
        }
        let predictions = try sampleBySample(models) { (model) throws(CellarError) in
            try model.predictions(for: HandRow.samples(rows, for: model))
        }
        return PredictResult(models: models.map(\.name), predictions: predictions)
    }
}
