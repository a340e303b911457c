import Base

/// Reads and writes an objective in Keras' form for `compile`: one value for all outputs, a list with one for
/// each output, or an object by output name.
extension Objective {
    /// Reads `loss`, `loss_weights`, `metrics` and `weighted_metrics`.
    ///
    /// - outputs: The names of the model's outputs.
    /// - unknown: Called with the error of a metric, which does not prevent training; if nil, the error is
    /// thrown.
    public init(
        from json: JSON, outputs: [String], strict: Bool = false, unknown: ((String) -> Void)? = nil
    ) throws(CellarError) {
        let parts = try Self.perOutput(json["loss"] ?? .null, "loss", outputs)
        var losses: [Loss?] = []
        for part in parts {
            losses.append(
                part.isNull
                    ? nil
                    : try keyed("loss") { () throws(CellarError) in try Loss(from: part, strict: strict) })
        }
        guard losses.contains(where: { $0 != nil }) else {
            throw CellarError("no output has a loss", key: "loss")
        }
        var weights: [Double] = []
        for part in try Self.perOutput(json["loss_weights"] ?? .null, "loss_weights", outputs) {
            guard let weight = part.double ?? (part.isNull ? 1 : nil), weight.isFinite else {
                throw CellarError(
                    "loss_weights must be numbers, but one is \(part.kind)", key: "loss_weights")
            }
            weights.append(weight)
        }
        self.init(losses: losses, weights: weights)
        metrics = try Self.metrics(json["metrics"] ?? .null, "metrics", outputs, strict, unknown)
        weightedMetrics = try Self.metrics(
            json["weighted_metrics"] ?? .null, "weighted_metrics", outputs, strict, unknown)
    }

    /// Returns true for an object with a class name; other objects are by output name.
    private static func isNamed(_ json: JSON) -> Bool { json["class_name"] != nil }

    private static func perOutput(_ json: JSON, _ key: String, _ outputs: [String]) throws(CellarError)
        -> [JSON]
    {
        if let list = json.array {
            guard list.count == outputs.count else {
                throw CellarError(
                    "\(key) has \(list.count) entries, but the model \(outputs.count) outputs "
                        + "(\(outputs.joined(separator: ", ")))", key: key)
            }
            return list
        }
        if let object = json.object, !isNamed(json) {
            for name in object.keys where !outputs.contains(name) {
                let hint = nearest(name, in: outputs).map { "; did you mean \($0)?" } ?? ""
                throw CellarError(
                    "\(key) names \"\(name)\", but the outputs are \(outputs.joined(separator: ", "))\(hint)",
                    key: key)
            }
            return outputs.map { object[$0] ?? .null }
        }
        return outputs.map { _ in json }
    }

    private static func metrics(
        _ json: JSON, _ key: String, _ outputs: [String], _ strict: Bool, _ unknown: ((String) -> Void)?
    ) throws(CellarError) -> [[Metric]] {
        // A list that contains no lists is for every output.
        let list = json.array ?? []
        let isForAll = !list.contains { $0.array != nil || $0.isNull }
        let parts =
            json.array != nil && isForAll ? outputs.map { _ in json } : try perOutput(json, key, outputs)
        var all: [[Metric]] = []
        for (output, part) in zip(outputs, parts) {
            var metrics: [Metric] = []
            for item in part.isNull ? [] : part.array ?? [part] {
                do {
                    var metric = try Metric(from: item, strict: strict)
                    // If there are several outputs, Keras saves metric names with the output's name as a
                    // prefix.
                    if !strict, outputs.count > 1, metric.name.hasPrefix(output + "_") {
                        metric.name.removeFirst(output.count + 1)
                    }
                    metrics.append(metric)
                } catch {
                    guard let unknown else {
                        throw CellarError(
                            error.message, subject: error.place.subject, key: error.place.key ?? key)
                    }
                    unknown((error.place.subject.map { "\($0): " } ?? "") + error.message)
                }
            }
            all.append(metrics)
        }
        return all
    }

    /// Returns `loss`, `loss_weights`, `metrics` and `weighted_metrics` in a form that all versions of Keras
    /// read: without lists for one output.
    ///
    /// - widths: The size of the last axis of each output.
    public func json(outputs: [String], widths: [Int]) -> JSONObject {
        func metrics(_ all: [[Metric]]) -> JSON {
            let parts = all.enumerated().map { index, metrics -> JSON in
                let accuracy = Self.accuracy(width: widths[index], loss: losses[index])
                return .array(metrics.compactMap { $0.json(accuracy: accuracy) })
            }
            if parts.allSatisfy({ $0 == [] }) { return .null }
            return parts.count == 1 ? parts[0] : .array(parts)
        }
        let plainWeights = weights.allSatisfy { $0 == 1 }
        let isSingle = losses.count == 1
        return [
            "loss": isSingle
                ? losses[0]?.json ?? .null : .array(losses.map { $0?.json ?? .null }),
            "metrics": metrics(self.metrics), "weighted_metrics": metrics(weightedMetrics),
            "loss_weights": plainWeights ? .null : .array(weights.map { .number($0) }),
        ]
    }
}

/// Runs `body`, and adds the key to an error that has none.
private func keyed<Value>(_ key: String, _ body: () throws(CellarError) -> Value) throws(CellarError) -> Value
{
    do { return try body() } catch {
        throw CellarError(error.message, subject: error.place.subject, key: error.place.key ?? key)
    }
}
