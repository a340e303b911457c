import Base
import Datasets
import Infer
import Trainer

/// Asks to compare models' predictions with labels.
public struct EvaluateRequest: Sendable {
    /// A table (CSV; - is standard input), a folder with an IDX pair or with pictures by class, IDX pictures, or an .npy array.
    public var data: String
    /// A table's columns with the labels; nil for those that the model was trained on.
    public var target: [String]?
    /// The arrays of a model's further inputs, or further files of a table.
    public var moreInputs: [String]
    /// The file with the labels of IDX pictures, or of arrays one file for each output of the model.
    public var labels: [String]
    /// The folder for report files; nil for none. Several models' reports lie in folders of their own within it.
    public var report: String?
    /// Only these rows of the data that the models were trained on.
    public var split: TablePart?
    public var models: ModelSelection
    /// How the table is written, as far as it differs from what the model was trained on.
    public var dialect = TableDialect()
    /// Fits a temperature to the rows, and stores each model with it as a new version.
    public var calibrates = false
    /// Stores each model with the positive class and the threshold of `models.options` as a new version.
    public var keepsDecision = false
    /// Records the evaluation in the store's log.
    public var isRecorded = false
    /// True to keep the outcome of each row.
    var collectsRows = false

    /// The positive one of two classes, if it is chosen.
    var positive: String? { models.options.positive }
    var collecting: Collecting {
        var kept: Collecting = []
        if collectsRows { kept.insert(.rows) }
        if report != nil || calibrates || keepsDecision { kept.insert(.details) }
        return kept
    }

    public init(
        data: String, moreInputs: [String] = [], target: [String]? = nil, labels: [String] = [],
        report: String? = nil, split: TablePart? = nil, models: ModelSelection = []
    ) {
        (self.data, self.moreInputs, self.target, self.labels) = (data, moreInputs, target, labels)
        (self.report, self.split, self.models) = (report, split, models)
    }
}

/// The evaluation of each model, in the order of the request.
public struct EvaluateResult: Sendable {
    public var evaluations: [Evaluation]
    /// The versions that were stored with a temperature or a threshold, one for each model; empty unless asked for.
    public var adjusted: [AdjustedVersion] = []

    public var json: JSON {
        var all = evaluations.map(\.json)
        for (index, version) in adjusted.enumerated() {
            var object = all[index].object ?? [:]
            object["adjusted"] = version.json
            all[index] = .object(object)
        }
        return all.count == 1 ? all[0] : .array(all)
    }
}

extension Store {
    public func evaluate(
        _ request: EvaluateRequest, progress: ProgressReporter = .none
    ) throws(CellarError) -> EvaluateResult {
        let request = request.withFilesOfPatterns()
        guard
            request.moreInputs.isEmpty || request.data.hasSuffix(".npy")
                || !request.files.contains(where: isNoTable)
        else {
            throw CellarError(
                .usage,
                "Only arrays (.npy) may be several, one for each input of the model, and files of one table.")
        }
        if request.isRecorded {
            try models.checkWritable()
            for reference in request.models.references { _ = try models.version(reference) }
        }
        let evaluations =
            holdsSamples(request.data)
            ? try evaluateSampleFiles(request, progress) : try evaluateTableFile(request, progress)
        for evaluation in evaluations { evaluation.warnings.forEach(progress.warn) }
        var result = EvaluateResult(evaluations: evaluations)
        if let folder = request.report {
            let folders = request.folders(for: evaluations.map(\.model)).map { $0 ?? folder }
            try writePages(evaluations, request, folder: folder, folders: folders, progress: progress)
        }
        if request.isRecorded {
            for evaluation in evaluations { try record(evaluation, request) }
        }
        if request.calibrates || request.keepsDecision {
            for evaluation in evaluations {
                result.adjusted.append(try adjust(evaluation, request, progress))
            }
        }
        return result
    }

    private func isNoTable(_ path: String) -> Bool { path == "-" || holdsSamples(path) }

    private func evaluateSampleFiles(
        _ request: EvaluateRequest, _ progress: ProgressReporter
    ) throws(CellarError) -> [Evaluation] {
        let models = try load(request.models, progress, withRows: true) { () throws(CellarError) in
            guard !request.data.hasSuffix(".npy") else {
                throw CellarError(
                    .usage, "arrays have no default model.", remedy: "Name the model with --model.")
            }
            return try pictureModel()
        }
        if FileSystem.isFolder(request.data) {
            leftOutWarning(request.data, hasClasses: true).map(progress.warn)
        }
        var evaluations: [Evaluation] = []
        for (model, folder) in zip(models, request.folders(for: models.map(\.name))) {
            evaluations.append(
                request.data.hasSuffix(".npy")
                    ? try evaluateArrays(
                        [request.data] + request.moreInputs, labels: request.labels, with: model,
                        data: request.data, collecting: request.collecting, report: folder,
                        split: request.split,
                        onBlock: progress.samplesDone)
                    : try evaluateSamples(
                        samples(request, for: model), with: model, data: request.data,
                        collecting: request.collecting, report: folder, onBlock: progress.samplesDone))
        }
        return evaluations
    }

    private func samples(
        _ request: EvaluateRequest, for model: LoadedModel
    ) throws(CellarError) -> LabelledSamples {
        let labels = request.labels.first
        guard let split = request.split else {
            return try readLabelledSamples(request.data, labels: labels, for: model)
        }
        return try readPart(split, request.data, labels: labels, for: model)
    }

    private func evaluateTableFile(
        _ request: EvaluateRequest, _ progress: ProgressReporter
    ) throws(CellarError) -> [Evaluation] {
        func evaluate(
            _ reader: consuming CSVReader, _ model: LoadedModel, _ folder: String?
        ) throws(CellarError) -> Evaluation {
            try evaluateTable(
                reader, with: model, target: request.target, part: request.part(for: model),
                collecting: request.collecting, report: folder,
                onBlock: progress.samplesDone)
        }
        let opened = try modelsAndTable(
            request.files, request.dialect, request.models, progress, withRows: true)
        let models = opened.models
        for model in models { noteTrainedRows(of: model) }
        guard models.count == 1 || request.data != "-" else {
            throw CellarError(.usage, "Standard input can be read once: name one --model.")
        }
        if request.split == nil {
            for model in models { request.trainingRowsWarning(for: model).map(progress.warn) }
        }
        let folders = request.folders(for: models.map(\.name))
        var evaluations = [try evaluate(opened.reader, models[0], folders[0])]
        for (model, folder) in zip(models, folders).dropFirst() {
            let reader = try CSVReader(
                paths: request.files, dialect: model.dialect(completing: request.dialect))
            evaluations.append(try evaluate(reader, model, folder))
        }
        return evaluations
    }
}

extension EvaluateRequest {
    /// The files of a table, or the arrays.
    var files: [String] { [data] + moreInputs }

    /// Replaces a pattern such as `data/*.csv` by the files that match.
    fileprivate func withFilesOfPatterns() -> EvaluateRequest {
        var request = self
        let found = FilePattern.files(files)
        guard let first = found.first else { return self }
        (request.data, request.moreInputs) = (first, Array(found.dropFirst()))
        return request
    }

    fileprivate func part(for model: LoadedModel) throws(CellarError) -> PartOfTable? {
        guard let split else { return nil }
        guard wasTrainedOnThis(model) else {
            throw CellarError(
                .usage,
                "\(model.name) was not trained on this table"
                    + (model.facts?.dataset.map { " but on \($0.path) as it was at that time" } ?? "")
                    + ", so its \(split.rawValue) rows are unknown.",
                file: data,
                remedy: moreInputs.isEmpty
                    ? "Omit --split."
                    : "Name all files that it was trained on, in the order of its recipe, or omit --split.")
        }
        return try PartOfTable(split, of: model, paths: files, dialect: model.dialect(completing: dialect))
    }

    private func wasTrainedOnThis(_ model: LoadedModel) -> Bool {
        guard let dataset = model.facts?.dataset, dataset.trainRows > 0, data != "-" else { return false }
        return (try? DatasetDigest.files(files)) == dataset.sha256
    }

    /// A warning if the rows that the model was trained on are among the table's: metrics on them are too good.
    fileprivate func trainingRowsWarning(for model: LoadedModel) -> String? {
        guard wasTrainedOnThis(model), let dataset = model.facts?.dataset else { return nil }
        let test = model.facts?.metrics.filter { $0.split == "test" } ?? []
        let recorded = test.map { "\($0.name) \($0.value.measured)" }.joined(separator: ", ")
        return "\(model.name) was trained on \(dataset.trainRows) rows of this table."
            + (dataset.testRows == 0
                ? ""
                : (recorded.isEmpty ? "" : " On the \(dataset.testRows) rows kept for testing: \(recorded).")
                    + (dataset.division == nil ? "" : " Use --split test to evaluate these rows only."))
    }

    /// The folder of each model's report: of several models one below the other, named after the models; nil for no report.
    fileprivate func folders(for models: [String]) -> [String?] {
        guard let report, models.count > 1 else { return models.map { _ in report } }
        var taken: Set<String> = []
        return models.map { model in
            let name = String(model.map { $0.isLetter || $0.isNumber || ".-_".contains($0) ? $0 : "-" })
            // a/b and a-b have the same letters.
            var (unique, number) = (name, 2)
            while !taken.insert(unique).inserted { (unique, number) = ("\(name)-\(number)", number + 1) }
            return report + "/" + unique
        }
    }
}
