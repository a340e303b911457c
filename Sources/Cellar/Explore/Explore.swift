import Base
import Datasets
import Tensors
import Trainer

extension Store {
    /// Takes a first look at data. Nothing is written.
    public func explore(_ request: ExploreRequest) throws(CellarError) -> DataExploration {
        let lower = request.path.lowercased()
        var found: DataExploration
        if [".yaml", ".yml"].contains(where: lower.hasSuffix) {
            found = try recipe(request)
        } else if FileSystem.isFolder(request.path) {
            found = try folder(request)
        } else if lower.hasSuffix(".npy") {
            found = try array(request.path, labels: request.labels, recipe: nil, sample: request.sample)
        } else if request.path.contains("idx3-ubyte") {
            found = try idx(
                [("", request.path, request.labels ?? labelsBeside(request.path))], name: request.path,
                sample: request.sample)
        } else {
            found = try table(
                request.path, TableDialect(), target: request.target, features: nil, recipe: nil)
        }
        if request.labels != nil, found.kind == .table {
            throw CellarError(
                .usage, "--labels names the labels of an array or of pictures, and these data are a table.",
                file: request.path, remedy: "Use --target to name the column to predict.")
        }
        found.suggest()
        if let sample = request.sample {
            guard found.pictures?.sample != nil else {
                throw CellarError(
                    .usage, file: request.path,
                    expected: found.pictures.map { "the number of a picture, from 1 to \($0.count)" }
                        ?? "pictures",
                    found: found.pictures == nil ? "a \(found.kind.rawValue)" : "\(sample)",
                    fix: "A sample is one picture of the data.")
            }
            found.sampleNumber = sample
        }
        return found
    }

    private func recipe(_ request: ExploreRequest) throws(CellarError) -> DataExploration {
        let recipe = try RecipeData(path: request.path)
        switch recipe.data.source {
        case .csv(let path, let targets, let features):
            return try table(
                recipe.path(path), recipe.data.dialect, target: request.target ?? targets[0],
                features: features,
                recipe: recipe)
        case .idx(let files):
            var pairs = [("train", recipe.path(files.trainImages), Optional(recipe.path(files.trainLabels)))]
            if let images = files.testImages {
                pairs.append(("test", recipe.path(images), files.testLabels.map(recipe.path)))
            }
            return try idx(pairs, name: files.trainImages, recipe: recipe, sample: request.sample)
        case .pictures(let folder):
            return try pictures(recipe.path(folder), recipe: recipe, sample: request.sample)
        case .npy(let samples, let labels):
            return try array(
                recipe.path(samples[0]), labels: labels.first.map(recipe.path), recipe: recipe,
                sample: request.sample)
        }
    }

    private func folder(_ request: ExploreRequest) throws(CellarError) -> DataExploration {
        var pairs: [(String, String, String?)] = []
        for (part, stems) in [("train", ["train"]), ("test", ["t10k", "test"])] {
            let names = stems.flatMap { stem in
                ["", ".gz"].map { "\(request.path)/\(stem)-images-idx3-ubyte\($0)" }
            }
            if let images = names.first(where: FileSystem.exists) {
                pairs.append((part, images, labelsBeside(images)))
            }
        }
        return pairs.isEmpty
            ? try pictures(request.path, recipe: nil, sample: request.sample)
            : try idx(pairs, name: request.path, sample: request.sample)
    }

    // MARK: Tables

    private func table(
        _ path: String, _ dialect: TableDialect, target: String?, features: [String]?, recipe: RecipeData?
    ) throws(CellarError) -> DataExploration {
        let table = try Table(path: path, dialect: dialect)
        if let target, !table.columns.contains(target) {
            throw CellarError(
                .usage, file: path, expected: "a column \"\(target)\"",
                found: table.columns.prefix(20).joined(separator: ", "),
                fix: nearest(target, in: table.columns).map { "Did you mean \($0)?" } ?? "Name one of these.")
        }
        var found = DataExploration(.table, name: path, rowCount: table.rowCount)
        var texts: [String: [String]] = [:]
        var all: [ExploredColumn] = []
        for name in table.columns {
            if let numbers = try? table.numbersOrNaN([name])[0] {
                all.append(ExploredColumn(name, numbers: numbers))
            } else {
                let column = try table.text(name)
                texts[name] = column
                all.append(ExploredColumn(name, texts: column))
            }
        }
        found.target = target ?? Self.guessedTarget(all, rows: table.rowCount)
        found.targetIsGuessed = target == nil && found.target != nil
        if let target = found.target, let column = all.first(where: { $0.name == target }) {
            let words = if let known = texts[target] { known } else { try table.text(target) }
            let labels = LabelColumn(words)
            try found.setTarget(column, labels, file: path)
        }
        found.head = Self.head(table, all, texts)
        let used = features ?? table.columns.filter { $0 != found.target }
        found.columns = all.filter { used.contains($0.name) }
        found.correlate()
        let isComplete =
            !found.columns.isEmpty && found.columns.allSatisfy { $0.numbers != nil && $0.missing == 0 }
        if isComplete, let samples = try? table.samples(found.columns.map(\.name)) {
            // As a model gets them, and as `group: duplicates` compares them.
            try found.divide(rowHashes(of: [samples]), recipe)
            return found
        }
        let reader = FieldReader(TableDialect())
        let keys = all.filter { used.contains($0.name) && $0.name != found.target }.map { column in
            // Equal values are equal however they are written, and so are all marks of a missing one.
            texts[column.name]?.map { reader.isMissing(Array($0.utf8)[...]) ? "" : $0 }
                ?? column.values.map { $0.isNaN ? "" : "\($0 + 0)" }
        }
        try found.divide(textRowKeys(keys, count: table.rowCount), recipe)
        return found
    }

    /// The first five rows. Numbers are written in their shortest form.
    private static func head(
        _ table: Table, _ columns: [ExploredColumn], _ texts: [String: [String]]
    ) -> (columns: [String], rows: [[String]]) {
        let rows = (0..<min(5, table.rowCount)).map { row in
            columns.map { column -> String in
                if let text = texts[column.name] { return text[row] }
                let value = column.values[row]
                return value.isNaN
                    ? "" : value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
            }
        }
        return (columns.map(\.name), rows)
    }

    /// The last column, if it looks like classes: texts that repeat, or a few whole numbers.
    private static func guessedTarget(_ columns: [ExploredColumn], rows: Int) -> String? {
        guard columns.count > 1, let last = columns.last, last.role == .text || last.role == .number else {
            return nil
        }
        let isFew = last.distinct <= 20 && (last.numbers?.isIntegral ?? true)
        let repeats = last.numbers == nil && last.distinct * 4 <= rows
        return isFew || repeats && last.distinct <= 100 ? last.name : nil
    }

    // MARK: Pictures and arrays

    private func pictures(_ path: String, recipe: RecipeData?, sample: Int?) throws(CellarError)
        -> DataExploration
    {
        let folder = try PictureFolder(path)
        let (pictures, labels) = try folder.collection(sample: sample.map { $0 - 1 })
        var found = DataExploration(.pictures, name: path, rowCount: labels.count)
        (found.labels, found.pictures) = (labels, pictures)
        found.classes = ClassDistribution(classes: folder.classes, labels: labels)
        try found.divide(pictures.keys, recipe)
        if let warning = leftOutWarning(path, hasClasses: true) { found.suggestions.append(warning) }
        return found
    }

    private func idx(
        _ pairs: [(part: String, images: String, labels: String?)], name: String, recipe: RecipeData? = nil,
        sample: Int?
    ) throws(CellarError) -> DataExploration {
        var found = DataExploration(.pictures, name: name, rowCount: 0)
        var pictures: PictureCollection?
        for (part, images, labelFile) in pairs {
            let samples = try readIDXImages(images)
            var labels: [Int]?
            if let labelFile { labels = try readIDX(images: images, labels: labelFile).labels }
            if pictures == nil {
                pictures = PictureCollection(
                    classes: (labels?.max() ?? 0) + 1, sample: sample.map { $0 - 1 })
            }
            pictures?.add(samples, labels: labels)
            if !part.isEmpty {
                found.parts.append(
                    ExploredPart(name: part, rows: Array(found.rowCount..<found.rowCount + samples.count)))
            }
            found.rowCount += samples.count
            if let labels { found.labels += labels }
        }
        if found.labels.count == found.rowCount {
            let count = (found.labels.max() ?? 0) + 1
            found.classes = ClassDistribution(classes: (0..<count).map(String.init), labels: found.labels)
        } else {
            found.labels = []
        }
        found.pictures = pictures
        // The recipe divides the rows of the training files only.
        let first = found.parts.first?.rows.count ?? found.rowCount
        try found.divide(pictures?.keys ?? [], recipe, dividing: first)
        if found.parts.count < 2 { found.parts = [] }
        return found
    }

    private func array(_ path: String, labels file: String?, recipe: RecipeData?, sample: Int?)
        throws(CellarError)
        -> DataExploration
    {
        let (shape, values) = try readNPYNumbers(path)
        let rows = shape.first ?? 1
        let size = max(1, values.count / max(rows, 1))
        let inner = Array(shape.dropFirst())
        var labels: [Int]?
        if let file {
            labels = try readNPYLabels(file)
            guard labels?.count == rows, labels?.allSatisfy({ (0..<1_000_000).contains($0) }) == true else {
                throw CellarError(
                    .badData, file: file,
                    expected: "\(rows) class numbers from 0 on, one for each row of \(path)",
                    found: "\(labels?.count ?? 0) labels", fix: "Use the labels of the same data.")
            }
        }
        let isPicture =
            (inner.count == 2 || inner.count == 3 && (inner[2] == 1 || inner[2] == 3)) && inner[0] > 3
            && inner[1] > 3
            && values.allSatisfy { $0 >= 0 && $0 <= 255 }
        var found = DataExploration(isPicture ? .pictures : .array, name: path, rowCount: rows)
        if let labels {
            found.labels = labels
            let names = (0...(labels.max() ?? 0)).map(String.init)
            found.classes = ClassDistribution(classes: names, labels: labels)
        }
        let samples = Samples(shape: inner.isEmpty ? [1] : inner, floats: values.map { Float($0) })
        if isPicture {
            var pictures = PictureCollection(classes: (labels?.max() ?? 0) + 1, sample: sample.map { $0 - 1 })
            pictures.add(samples, labels: labels)
            found.pictures = pictures
        } else {
            for column in 0..<min(size, Self.mostColumns) {
                let numbers = stride(from: column, to: values.count, by: size).map { values[$0] }
                found.columns.append(ExploredColumn("\(column)", numbers: numbers))
            }
            found.correlate()
        }
        try found.divide(rowHashes(of: [samples]), recipe)
        return found
    }

    /// The columns of an array that are looked at one by one.
    private static let mostColumns = 1_000

    private func labelsBeside(_ images: String) -> String? {
        let labels = images.replacing("images-idx3", with: "labels-idx1")
        let other = labels.hasSuffix(".gz") ? String(labels.dropLast(3)) : labels + ".gz"
        return labels == images ? nil : [labels, other].first(where: FileSystem.exists)
    }
}
