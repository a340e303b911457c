import Base
import Datasets
import Infer

extension Store {
    /// Loads the models and opens the table, in the dialect of the table that the first model was trained on, where the
    /// request does not say otherwise.
    func modelsAndTable(
        _ paths: [String], _ dialect: TableDialect, _ selection: ModelSelection, _ progress: ProgressReporter,
        withRows: Bool = false, allowsNoRows: Bool = false
    ) throws(CellarError) -> OpenedTable {
        func open(_ dialect: TableDialect) throws(CellarError) -> CSVReader {
            try CSVReader(paths: paths, dialect: dialect, allowsNoRows: allowsNoRows)
        }
        guard selection.references.isEmpty else {
            let models = try load(selection, progress, withRows: withRows) { () throws(CellarError) in [] }
            return OpenedTable(models, try open(models[0].dialect(completing: dialect)))
        }
        // The columns choose the model, so the table is opened first.
        let reader = try open(dialect)
        let (name, columns) = (reader.name, reader.header.names)
        let models = try load(selection, progress, withRows: withRows) { () throws(CellarError) in
            try tableModel(name, columns: columns)
        }
        let known = models[0].dialect(completing: dialect)
        if known == dialect { return OpenedTable(models, reader) }
        guard paths != ["-"] else {
            throw CellarError(
                .usage,
                "\(models[0].name) was trained on a table of another form; standard input can be read once.",
                remedy: "Name it with --model.")
        }
        return OpenedTable(models, try open(known))
    }
}

/// A table and the models for it.
struct OpenedTable: ~Copyable {
    let models: [LoadedModel]
    let reader: CSVReader

    init(_ models: [LoadedModel], _ reader: consuming CSVReader) {
        self.models = models
        self.reader = reader
    }
}

extension LoadedModel {
    /// The dialect of the table that the model was trained on, where `asked` does not say otherwise.
    func dialect(completing asked: TableDialect) -> TableDialect {
        asked.completed(
            by: facts?.dataset?.dialect, targets: facts?.hyperparameters.targets ?? [], features: features)
    }
}

extension TableDialect {
    /// Returns this dialect, completed by that of the table that a model with these columns was trained on.
    func completed(by trained: TableDialect?, targets: [String], features: [String]) -> TableDialect {
        var known = trained
        known?.optionalNames = targets
        known?.requiredNames = features
        var dialect = completed(by: known)
        // Without names, a table of the inputs alone has them in the model's order.
        if dialect.hasHeader == false, dialect.names == nil, !features.isEmpty { dialect.names = features }
        return dialect
    }
}
