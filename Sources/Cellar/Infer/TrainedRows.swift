import Base
import Datasets
import Infer
import Tensors

extension Store {
    /// Hashes the rows that a model was trained on, if its file has no hashes but the table that it was trained on is still
    /// where it was, unchanged. Otherwise these rows remain unknown.
    func noteTrainedRows(of model: LoadedModel) {
        guard model.trainedRows == nil, let dataset = model.facts?.dataset, dataset.trainRows > 0,
            !holdsSamples(dataset.path), FileSystem.exists(dataset.path), dataset.division != nil,
            (try? FileDigest(ofFile: dataset.path).sha256) == dataset.sha256
        else { return }
        model.trainedRows = try? [trainedRows(of: model, in: dataset.path)]
    }

    private func trainedRows(of model: LoadedModel, in path: String) throws(CellarError) -> RowHashes {
        let dialect = model.dialect(completing: TableDialect())
        var hashes: [UInt64] = []
        for part in [TablePart.train, .validation] {
            if part == .validation, model.facts?.dataset?.validationRows == 0 { continue }
            let rows = try PartOfTable(part, of: model, paths: [path], dialect: dialect)
            hashes += try rows.hashes([path], dialect, model)
        }
        return RowHashes(hashes)
    }
}
