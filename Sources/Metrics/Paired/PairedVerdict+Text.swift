import Base

extension PairedVerdict {
    /// One sentence with the numbers and the decision.
    public var sentence: String {
        let name = metric == .accuracy ? "accuracy" : metric == .macroF1 ? "macro F1" : "AUC"
        let left = excluded == 0 ? "" : ", without \(excluded) seen in training"
        var text =
            "\(name) of \(names.candidate) \(candidate.fixed(4)), of \(names.current) \(current.fixed(4))"
        text += " on \(rows) rows\(left): difference \(signed(difference)), \(percent(level)) interval "
        text += "\(signed(lower)) to \(signed(upper)), p = \(shown(pValue))"
        if correctedPValue != pValue {
            text += " (\(shown(correctedPValue)) for \(rule.candidates) candidates)"
        }
        return text + ": " + conclusion + "."
    }

    private var conclusion: String {
        switch (decision, rule.margin) {
        case (.better, _): "better"
        case (.withinMargin, let margin?): "not worse by \(margin) or more"
        case (_, let margin?): "may be worse by \(margin) or more"
        default: difference > 0 ? "not significantly better" : "not better"
        }
    }

    public var json: JSON {
        var object: JSONObject = [
            "metric": .string(metric.rawValue), "current": .number(current),
            "candidate": .number(candidate), "difference": .number(difference),
            "interval": .array([.number(lower), .number(upper)]), "level": .number(level),
            "p_value": .number(pValue), "p_value_corrected": .number(correctedPValue),
            "candidates": .integer(rule.candidates), "rows": .integer(rows), "excluded": .integer(excluded),
            "decision": .string(decision.rawValue), "passes": .bool(passes), "sentence": .string(sentence),
        ]
        object["margin"] = rule.margin.map { .number($0) }
        return .object(object)
    }

    private func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + value.fixed(4) }
    private func shown(_ pValue: Double) -> String {
        pValue < 0.0001 ? pValue.scientific(1) : pValue.fixed(4)
    }
    private func percent(_ level: Double) -> String {
        let digits = abs(level * 100 - (level * 100).rounded()) < 1e-9 ? 0 : 2
        return "\((level * 100).fixed(digits)) %"
    }
}
