/// The JSON form of the facts in a model file. Missing keys take their defaults and unknown keys are ignored,
/// so that older and newer versions of Cellar can read each other's files.
extension ModelFacts {
    public var json: JSON {
        var object: JSONObject = [
            "name": .string(name), "created": .string(created), "generation": .string(generation),
            "architecture": .string(architecture), "trainable_parameters": .integer(trainableParameters),
            "non_trainable_parameters": .integer(nonTrainableParameters), "classes": strings(classes),
            "features": strings(features), "command_line": strings(commandLine),
            "hyperparameters": hyperparameters.json,
        ]
        object["task"] = task.map { .string($0.rawValue) }
        object["picture"] = picture?.json
        object["decision"] = decision.map {
            ["positive": .string($0.positive), "threshold": .number($0.threshold)]
        }
        object["calibration"] = calibration
        object["metrics"] = .array(
            metrics.map {
                ["split": .string($0.split), "name": .string($0.name), "value": .number($0.value)]
            })
        object["history"] = .object(
            JSONObject(history.map { ($0.name, .array($0.values.map { .number($0) })) }))
        object["dataset"] = dataset.map {
            var object: JSONObject = [
                "path": .string($0.path), "sha256": .string($0.sha256), "train_rows": .integer($0.trainRows),
                "validation_rows": .integer($0.validationRows), "test_rows": .integer($0.testRows),
            ]
            object["division"] = $0.division?.json
            object["table"] = $0.dialect?.json
            if $0.readsColumns { object["columns"] = true }
            if $0.dropsMissingTargets { object["missing_target"] = "drop" }
            return .object(object)
        }
        object["recipe"] = recipe.map { .string($0) }
        object["seed"] = seed.map { .integer($0) }
        object["run"] = run.map { .string($0) }
        if isCheckpoint { object["checkpoint"] = true }
        object["epoch"] = epoch.map { .integer($0) }
        object["parents"] = .array(
            parents.map {
                [
                    "kind": .string($0.kind.rawValue), "sha256": .string($0.sha256),
                    "reference": .string($0.reference),
                ]
            })
        object["host"] = host.map {
            [
                "processor": .string($0.processor), "vector_extensions": .string($0.vectorExtensions),
                "blas": .string($0.blas), "threads": .integer($0.threads),
            ]
        }
        object["training_seconds"] = trainingSeconds.map { .number($0) }
        return .object(object)
    }

    /// Returns nil if the text is not an object with a name and a date: Cellar did not write it.
    public init?(json: JSON) {
        guard let name = json["name"]?.string, let created = json["created"]?.string else { return nil }
        self.init(
            name: name, created: created, generation: json["generation"]?.string ?? "",
            architecture: json["architecture"]?.string ?? "",
            trainableParameters: count(json["trainable_parameters"]),
            nonTrainableParameters: count(json["non_trainable_parameters"]))
        task = json["task"]?.string.flatMap(Task.init)
        classes = strings(json["classes"])
        features = strings(json["features"])
        commandLine = strings(json["command_line"])
        hyperparameters = Hyperparameters(json: json["hyperparameters"])
        picture = json["picture"].flatMap(Picture.init)
        decision = json["decision"].flatMap {
            guard let positive = $0["positive"]?.string, let threshold = $0["threshold"]?.double,
                threshold.isFinite
            else { return nil }
            return Decision(positive: positive, threshold: threshold)
        }
        calibration = json["calibration"]
        metrics = (json["metrics"]?.array ?? []).compactMap {
            guard let split = $0["split"]?.string, let name = $0["name"]?.string,
                let value = $0["value"]?.double
            else { return nil }
            return MetricValue(split: split, name: name, value: value)
        }
        history = (json["history"]?.object?.members ?? []).map {
            MetricSeries(name: $0.key, values: ($0.value.array ?? []).map { $0.double ?? .nan })
        }
        dataset = json["dataset"].flatMap {
            guard let path = $0["path"]?.string else { return nil }
            var dataset = Dataset(
                path: path, sha256: $0["sha256"]?.string ?? "", trainRows: smallCount($0["train_rows"]) ?? 0,
                validationRows: smallCount($0["validation_rows"]) ?? 0,
                testRows: smallCount($0["test_rows"]) ?? 0,
                division: $0["division"].flatMap { RowDivision(json: $0) },
                dialect: $0["table"].map { TableDialect(json: $0) })
            dataset.readsColumns = $0["columns"]?.bool ?? false
            dataset.dropsMissingTargets = $0["missing_target"]?.string == "drop"
            return dataset
        }
        recipe = json["recipe"]?.string
        seed = json["seed"]?.int
        run = json["run"]?.string
        isCheckpoint = json["checkpoint"]?.bool ?? false
        epoch = smallCount(json["epoch"])
        parents = (json["parents"]?.array ?? []).compactMap {
            guard let kind = $0["kind"]?.string.flatMap(Parent.Kind.init), let digest = $0["sha256"]?.string
            else { return nil }
            return Parent(kind: kind, sha256: digest, reference: $0["reference"]?.string ?? "")
        }
        host = json["host"].flatMap {
            guard let processor = $0["processor"]?.string else { return nil }
            return Host(
                processor: processor, vectorExtensions: $0["vector_extensions"]?.string ?? "",
                blas: $0["blas"]?.string ?? "", threads: smallCount($0["threads"]) ?? 1)
        }
        trainingSeconds = json["training_seconds"]?.double.flatMap {
            ModelFacts.possibleSeconds.contains($0) ? $0 : nil
        }
    }

    /// The durations that a training can have: up to 300 years, so that milliseconds fit into an integer. A NaN is none of them.
    public static let possibleSeconds: ClosedRange<Double> = 0...1e10
}

private func strings(_ values: [String]) -> JSON { .array(values.map { .string($0) }) }
private func strings(_ json: JSON?) -> [String] { (json?.array ?? []).compactMap(\.string) }

/// Reads a number of rows, samples, epochs or threads; nil for one that is negative or larger than 2³¹, as the file is untrusted.
/// The limit keeps sums and products of two of them from overflowing.
func smallCount(_ json: JSON?) -> Int? {
    guard let number = json?.int, (0...1 << 31).contains(number) else { return nil }
    return number
}

/// Reads a number of parameters. The file is untrusted: invalid values become 0, and the limit keeps sums from overflowing.
private func count(_ json: JSON?) -> Int {
    guard let number = json?.int, (0...1 << 53).contains(number) else { return 0 }
    return number
}
