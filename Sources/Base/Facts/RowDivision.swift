/// The division of a data set into training, validation and test rows. A model's facts keep
/// it, so that the rows that it has not seen can be found again.
public struct RowDivision: Equatable, Sendable {
    /// scikit-learn's `train_test_split`: first for the test rows, then, from the rest and with the same `random_state`, for
    /// the validation rows.
    public var test, validation: SplitSize?
    /// Nil draws one at random, as scikit-learn.
    public var randomState: UInt32?
    public var stratify = false
    public var shuffle = true
    /// True if equal rows stay together in one part: the sizes are then of distinct rows.
    public var keepsDuplicatesTogether = false
    /// So many of the training rows, from the start, validate.
    public var firstValidate: Int?
    /// Keras' `validation_split`: this share of the training rows, from the end, validates.
    public var lastValidate: Double?

    public init() {}

    /// True if the division needs a `random_state` to be repeatable.
    public var isRandom: Bool { shuffle && (test != nil || validation != nil) }
}

/// The size of one part of a split.
public enum SplitSize: Equatable, Sendable {
    /// More than 0 and less than 1.
    case fraction(Double)
    case count(Int)
}

extension RowDivision {
    /// In a recipe's words.
    public var json: JSON {
        var object: JSONObject = [:]
        object["test"] = test?.json
        object["validation"] = validation?.json
        if isRandom { object["random_state"] = randomState.map { .integer(Int($0)) } }
        if stratify { object["stratify"] = true }
        if !shuffle { object["shuffle"] = false }
        if keepsDuplicatesTogether { object["group"] = "duplicates" }
        object["validation_first"] = firstValidate.map { .integer($0) }
        object["validation_split"] = lastValidate.map { .number($0) }
        return .object(object)
    }

    /// Nil where it does not tell the rows.
    public init?(json: JSON) {
        self.init()
        guard let object = json.object else { return nil }
        (test, validation) = (SplitSize(json: object["test"]), SplitSize(json: object["validation"]))
        guard (test == nil) == (object["test"] == nil), (validation == nil) == (object["validation"] == nil)
        else { return nil }
        randomState = object["random_state"]?.int.flatMap { UInt32(exactly: $0) }
        stratify = object["stratify"]?.bool ?? false
        shuffle = object["shuffle"]?.bool ?? true
        if let group = object["group"] {
            guard group == "duplicates" else { return nil }
            keepsDuplicatesTogether = true
        }
        firstValidate = smallCount(object["validation_first"])
        lastValidate = object["validation_split"]?.double
        guard !isRandom || randomState != nil,
            (firstValidate == nil) == (object["validation_first"] == nil),
            lastValidate.map({ $0 > 0 && $0 < 1 }) ?? true
        else { return nil }
    }
}

extension SplitSize {
    fileprivate var json: JSON {
        switch self {
        case .fraction(let share): .number(share)
        case .count(let rows): .integer(rows)
        }
    }

    fileprivate init?(json: JSON?) {
        switch json {
        case .integer?:
            guard let rows = smallCount(json), rows > 0 else { return nil }
            self = .count(rows)
        case .number(let share)?:
            guard share > 0, share < 1 else { return nil }
            self = .fraction(share)
        default: return nil
        }
    }
}
