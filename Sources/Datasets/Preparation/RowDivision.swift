import Base

/// The division of a data set into training, validation and test rows. A model's facts record it, so that the
/// unseen rows can be determined later.
public struct RowDivision: Equatable, Sendable {
    /// The sizes for scikit-learn's `train_test_split`: first the test rows, then from the rest, with the
    /// same `random_state`, the validation rows.
    public var test, validation: SplitSize?
    /// The seed. Nil draws one at random, as in scikit-learn.
    public var randomState: UInt32?
    public var stratify = false
    public var shuffle = true
    /// The number of training rows, from the start, that become validation rows.
    public var firstValidate: Int?
    /// Keras' `validation_split`: the fraction of the training rows, from the end, that becomes validation
    /// rows.
    public var lastValidate: Double?

    public init() {}

    /// Row numbers, counted from 0. Each part is in its order of use.
    public struct Rows: Equatable, Sendable {
        public var train: [Int]
        public var validation, test: [Int]?
    }

    /// True if the division needs a `random_state` to be repeatable.
    public var isRandom: Bool { shuffle && (test != nil || validation != nil) }

    /// Divides the rows 0..<count.
    ///
    /// - Parameter classes: Returns each row's class, in the order of the sorted classes. Called only for a
    ///   stratified division.
    public func rows(_ count: Int, classes: () -> [Int]?) throws(CellarError) -> Rows {
        var found = Rows(train: Array(0..<count))
        let classes = stratify ? classes() : nil
        guard !stratify || classes != nil else {
            throw CellarError(
                .usage, expected: "class labels for a stratified split",
                found: "numeric targets", fix: "Remove stratify.")
        }
        func take(_ size: SplitSize) throws(CellarError) -> [Int] {
            let parts = try trainTestSplit(
                count: found.train.count, testSize: size, randomState: randomState,
                stratify: classes.map { classes in found.train.map { classes[$0] } }, shuffle: shuffle)
            defer { found.train = parts.train.map { found.train[$0] } }
            return parts.test.map { found.train[$0] }
        }
        if let test { found.test = try take(test) }
        if let validation { found.validation = try take(validation) }
        if let first = firstValidate {
            guard first < found.train.count else {
                throw CellarError(
                    .usage,
                    expected: "fewer validation rows than the \(found.train.count) training rows",
                    found: "\(first)", fix: "Use a smaller number.")
            }
            found.validation = Array(found.train.prefix(first))
            found.train.removeFirst(first)
        }
        if let share = lastValidate {
            let kept = validationStart(of: found.train.count, share: share)
            guard kept > 0, kept < found.train.count else {
                throw CellarError(
                    .usage, expected: "a validation_split with rows in both parts",
                    found: "\(share) of \(found.train.count) rows", fix: "Use more data or another fraction.")
            }
            found.validation = Array(found.train[kept...])
            found.train.removeLast(found.train.count - kept)
        }
        return found
    }
}

/// The first row of Keras' validation_split: floor(n · (1 − share)).
public func validationStart(of count: Int, share: Double) -> Int { Int(Double(count) * (1 - share)) }

extension RowDivision {
    /// The division in the form of a recipe.
    public var json: JSON {
        var object: JSONObject = [:]
        object["test"] = test?.json
        object["validation"] = validation?.json
        if isRandom { object["random_state"] = randomState.map { .integer(Int($0)) } }
        if stratify { object["stratify"] = true }
        if !shuffle { object["shuffle"] = false }
        object["validation_first"] = firstValidate.map { .integer($0) }
        object["validation_split"] = lastValidate.map { .number($0) }
        return .object(object)
    }

    /// Returns nil if the JSON does not determine the rows.
    public init?(json: JSON) {
        self.init()
        guard let object = json.object else { return nil }
        (test, validation) = (SplitSize(json: object["test"]), SplitSize(json: object["validation"]))
        randomState = object["random_state"]?.int.flatMap { UInt32(exactly: $0) }
        stratify = object["stratify"]?.bool ?? false
        shuffle = object["shuffle"]?.bool ?? true
        firstValidate = object["validation_first"]?.int
        lastValidate = object["validation_split"]?.double
        guard !isRandom || randomState != nil, firstValidate ?? 0 >= 0,
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
        case .integer(let rows)?: self = .count(rows)
        case .number(let share)?: self = .fraction(share)
        default: return nil
        }
    }
}
