import Base
import Datasets

extension DataExploration {
    public var json: JSON {
        var object: JSONObject = [
            "data": .string(name), "kind": .string(kind.rawValue), "rows": .integer(rowCount),
            "target": target.map { .string($0) } ?? .null,
        ]
        object["classes"] =
            classes.map { classes in
                [
                    "names": .array(classes.classes.map { .string($0) }),
                    "counts": .array(classes.counts.map { .integer($0) }), "ratio": .number(classes.ratio),
                    "imbalanced": .bool(classes.isImbalanced), "missing": .integer(missingLabels),
                ]
            } ?? .null
        object["target_numbers"] = targetNumbers.map(json) ?? .null
        object["parts"] = .object(JSONObject(parts.map { ($0.name, .integer($0.rows.count)) }))
        object["duplicates"] =
            repeats.map {
                [
                    "rows": .integer($0.repeated), "conflicting_groups": .integer($0.conflictingGroups),
                    "conflicting_rows": .integer($0.conflictingRows),
                ]
            } ?? .null
        object["shared"] = .array(
            shared.map { ["part": .string($0.part), "with": .string($0.other), "rows": .integer($0.count)] })
        object["columns"] = .array(columns.map(json))
        object["correlations"] =
            correlations.map { names, values in
                // The first columns, and the target, which is the last one.
                var shown = Array(names.indices.prefix(100))
                if names.count > shown.count, names.last == target { shown.append(names.count - 1) }
                return [
                    "names": .array(shown.map { .string(names[$0]) }),
                    "values": .array(
                        shown.map { row in .array(shown.map { .number(values[row * names.count + $0]) }) }),
                ]
            } ?? .null
        object["pictures"] =
            pictures.map { pictures in
                let brightness = NumberSummary(pictures.brightness)
                return [
                    "sizes": .array(
                        pictures.sizes.map {
                            [
                                "width": .integer($0.width), "height": .integer($0.height),
                                "channels": .integer($0.channels), "count": .integer($0.count),
                            ]
                        }),
                    "brightness": [
                        "mean": .number(brightness?.mean ?? .nan),
                        "std": .number(brightness?.deviation ?? .nan),
                        "min": .number(brightness?.minimum ?? .nan),
                        "max": .number(brightness?.maximum ?? .nan),
                    ],
                ]
            } ?? .null
        object["suggestions"] = .array(suggestions.map { .string($0) })
        return .object(object)
    }

    private func json(_ column: ExploredColumn) -> JSON {
        var object: JSONObject = [
            "name": .string(column.name), "role": .string(column.role.rawValue),
            "missing": .integer(column.missing), "distinct": .integer(column.distinct),
        ]
        if let numbers = column.numbers {
            let values: [(String, Double)] = [
                ("mean", numbers.mean), ("std", numbers.deviation), ("min", numbers.minimum),
                ("25%", numbers.lowQuartile), ("50%", numbers.median), ("75%", numbers.highQuartile),
                ("max", numbers.maximum),
            ]
            for (name, value) in values { object[name] = .number(value) }
            object["outliers"] = .integer(numbers.outliers.count)
            object["histogram"] = [
                "edges": .array(numbers.histogram.edges.map { .number($0) }),
                "counts": .array(numbers.histogram.counts.map { .integer($0) }),
            ]
        } else {
            object["frequent"] = .array(
                column.frequent.map { ["text": .string($0.text), "count": .integer($0.count)] })
        }
        return .object(object)
    }
}
