import Base
import Datasets

extension TableSurvey {
    /// The text of a recipe that trains a model on the table at once.
    ///
    /// - name: The model's name.
    public func recipe(name: String) -> String {
        var text = """
            # Written by trainer init. Train with: trainer fit RECIPE
            name: \(yaml(name))
            data:
              csv: \(yaml(path))
              target: \(yaml(columns[target].name))   # \(targetReason)\(otherTargetsText); \(taskText)

            """
        text += dialectText
        if missingTargets > 0 {
            text += "  missing_target: drop   # \(missingTargets) rows have no target\n"
        }
        if case .numbers = task {
            text +=
                "  scale_target: true   # the loss is that of the target scaled to mean 0 and deviation 1\n"
        }
        text += "  columns:\n"
        for (index, column) in columns.enumerated() {
            if index == target {
                if case .numbers = task, let writing = column.writing {
                    text +=
                        "    \(yaml(column.name)): { \(options(writing).joined(separator: ", ")) }   # the target\n"
                }
                continue
            }
            if column.isAmbiguous {
                text += "    # \(comment(column.name)): left out, \(column.reason)\n"
                continue
            }
            text +=
                "    \(yaml(column.name)): \(options(column))   # \(comment(column.reason))\(missingText(column))\(obstacleText(column))\n"
        }
        return text + splitText + modelText
    }

    private var otherTargetsText: String {
        if let otherTargetNames {
            return ", but \(comment(otherTargetNames)) may be meant: trainer init --target names it"
        }
        return isTargetByPlaceAlone ? ", as no name tells; trainer init --target names another" : ""
    }

    private var taskText: String {
        switch task {
        case .numbers: "a number"
        case .classes(let classes):
            "\(classes.count) classes: "
                + comment(
                    classes.prefix(6).map { "\($0.name) (\($0.count))" }.joined(separator: ", ")
                        + (classes.count > 6 ? ", …" : ""))
                + (Set(classes.map { comment($0.name).filter { $0 != " " } }).count < classes.count
                    ? "; some differ in blanks alone" : "")
                + (mayBeNumbers
                    ? "; if they are amounts, end with one unit without an activation and the loss mean_squared_error"
                    : "")
        }
    }

    private var dialectText: String {
        var text = ""
        if dialect.isLatin1 { text += "  encoding: latin-1\n" }
        if let sign = dialect.delimiter {
            let words = [UInt8(ascii: " "): "blank", UInt8(ascii: "\t"): "tab"]
            text += "  delimiter: \(words[sign] ?? "\"\(Character(UnicodeScalar(sign)))\"")\n"
        }
        if let lines = dialect.skippedLines { text += "  skip_lines: \(lines)\n" }
        if let names = dialect.names {
            text += "  names: [\(names.map(yaml).joined(separator: ", "))]   # \(namesReason)\n"
        } else if dialect.hasHeader == false {
            let reason =
                dialect.skippedLines == nil
                ? "the first line has data" : "the lines before it name no columns"
            text += "  header: false   # \(reason): columns are 0, 1, 2 …\n"
        } else if dialect.hasHeader == true {
            text += "  header: true\n"
        } else if let doubtfulName {
            text +=
                "  # \"\(comment(doubtfulName))\" in the first line is a value below, too: if that line has data, use trainer init --no-header\n"
        }
        if let comment = dialect.comment {
            text +=
                "  comment: \"\(Character(UnicodeScalar(comment)))\"\(comment == UInt8(ascii: "|") ? "   # C4.5 writes the number of the row behind the class" : "")\n"
        }
        if dialect.skipsInitialBlanks == true {
            text += "  skip_initial_space: true   # each delimiter has a blank behind it\n"
        }
        if dialect.decimal != nil { text += "  decimal: \",\"\n" }
        if let sign = dialect.thousands { text += "  thousands: \"\(Character(UnicodeScalar(sign)))\"\n" }
        if !dialect.missing.isEmpty {
            text +=
                "  missing: [\(dialect.missing.map(yaml).joined(separator: ", "))]   # these mark missing values, too\(strays.map { comment("; \($0)") }.joined())\n"
        }
        return text
    }

    private func missingText(_ column: SurveyedColumn) -> String {
        column.profile.missing > 0 && column.kind != .ignore ? "; \(column.profile.missing) missing" : ""
    }

    /// Says why the numbers of a column are not read.
    private func obstacleText(_ column: SurveyedColumn) -> String {
        column.obstacle.map { comment("; most have numbers, but " + $0.problem) } ?? ""
    }

    private func options(_ column: SurveyedColumn) -> String {
        let profile = column.profile
        var options: [String] = []
        switch column.kind {
        case .number:
            if let writing = column.writing { options += self.options(writing) }
            if profile.missing > 0 { options += ["impute: median", "indicator: true"] }
        case .category:
            let rare = profile.counts.values.count { $0 < rareLimit }
            if profile.distinct > 10, rare > 0 { options.append("rare: \(rareLimit)") }
        case .boolean: if profile.missing > 0 { options.append("indicator: true") }
        case .date:
            if let order = profile.dateOrder, order != .yearFirst {
                options.append("order: \(order.rawValue)")
            }
        case .text, .ignore: break
        }
        // `others: ignore` alone would mean the columns that are not named.
        guard !options.isEmpty || column.name == "others" else { return column.kind.rawValue }
        return "{ \((["kind: \(column.kind.rawValue)"] + options).joined(separator: ", ")) }"
    }

    private func options(_ writing: NumberWriting) -> [String] {
        let units = writing.units.map(yaml)
        return
            (units.isEmpty
            ? [] : ["unit: " + (units.count == 1 ? units[0] : "[\(units.joined(separator: ", "))]")])
            + (writing.form.map { ["form: \($0.rawValue)"] } ?? []) + signOptions(writing.signs)
    }

    private func signOptions(_ signs: NumberWriting.Signs?) -> [String] {
        guard let signs else { return [] }
        func option(_ name: String, _ sign: UInt8) -> String {
            "\(name): \"\(Character(UnicodeScalar(sign)))\""
        }
        return [option("decimal", signs.decimal)] + (signs.thousands.map { [option("thousands", $0)] } ?? [])
    }

    private var rareLimit: Int { max(2, rows / 200) }

    private var splitText: String {
        guard usable >= 20 else {
            return "  # Too few rows to keep some for a test.\n"
        }
        var parts = ["test: 0.2", "validation: 0.2", "random_state: 42"]
        if isStratified { parts.append("stratify: true") }
        var text = ""
        if keepsDuplicatesTogether {
            parts.append("group: duplicates")
            text = "   # \(duplicates) rows repeat others: equal rows stay in one part"
        }
        return "  split: { \(parts.joined(separator: ", ")) }\(text)\n"
    }

    private var modelText: String {
        let hasValidation = usable >= 20
        let widths = usable < 300 ? [16] : usable < 3000 ? [32, 16] : [64, 32]
        var text = "model:\n"
        for width in widths { text += "  - Dense: { units: \(width), activation: relu }\n" }
        if usable < 3000, usable >= 300 { text += "  - Dropout: { rate: 0.1 }\n" }
        let monitor = hasValidation ? "val_loss" : "loss"
        let epochs = usable < 1000 ? 200 : usable < 10_000 ? 100 : usable < 100_000 ? 40 : 15
        let batch = usable < 20_000 ? 32 : usable < 200_000 ? 128 : 512
        switch task {
        case .numbers:
            text += "  - Dense: { units: 1 }\n"
            text +=
                "compile: { optimizer: adam, loss: mean_squared_error, metrics: [mae, RootMeanSquaredError] }\n"
        case .classes(let classes) where classes.count == 2:
            text += "  - Dense: { units: 1, activation: sigmoid }\n"
            text += "compile: { optimizer: adam, loss: binary_crossentropy, metrics: [accuracy, AUC] }\n"
        case .classes(let classes):
            text += "  - Dense: { units: \(classes.count), activation: softmax }\n"
            text +=
                "compile: { optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy] }\n"
        }
        text += "fit: { epochs: \(epochs), batch_size: \(batch), seed: 1 }\n"
        if case .classes(let classes) = task, let least = classes.map(\.count).min(), least * 10 < usable {
            text += "# A class is rare. To weigh its rows more: fit: { …, class_weight: balanced }\n"
        }
        text += "callbacks:\n"
        text += "  - EarlyStopping: { monitor: \(monitor), patience: 10, restore_best_weights: true }\n"
        return text
    }

    private func comment(_ text: String) -> String {
        text.replacing("\n", with: " ").replacing("\r", with: " ")
    }
}

/// Returns a word in YAML: in quotes unless it is plain.
func yaml(_ word: String) -> String {
    let isPlain =
        word.utf8.first.map { (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "/") }
        ?? false
    let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./ ()"
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
    if isPlain, word.allSatisfy({ plain.contains($0) }), word.last != " ", !words.contains(word.lowercased())
    {
        return word
    }
    return JSON.string(word).text()
}
