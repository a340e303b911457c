import Base

/// How the rows of a data set are divided into those to train on, to validate with and to test with. A model's facts keep
/// it, so that the rows that it has not seen can be found again.
public struct RowDivision: Equatable, Sendable {
    /// scikit-learn's `train_test_split`: first for the test rows, then, from the rest and with the same `random_state`, for
    /// the validation rows.
    public var test, validation: SplitSize?
    /// Nil draws one at random, as scikit-learn.
    public var randomState: UInt32?
    public var stratify = false
    public var shuffle = true
    /// So many of the training rows, from the start, validate.
    public var firstValidate: Int?
    /// Keras' `validation_split`: this share of the training rows, from the end, validates.
    public var lastValidate: Double?

    public init() {}

    /// Numbers of rows, counted from 0, each part in the order in which it is to be used.
    public struct Rows: Equatable, Sendable {
        public var train: [Int]
        public var validation, test: [Int]?
    }

    /// Whether the same division again needs a `random_state`.
    public var isRandom: Bool { shuffle && (test != nil || validation != nil) }

    /// - classes: Each row's class, in the order of the sorted classes; only asked for where the parts are stratified.
    public func rows(_ count: Int, classes: () -> [Int]?) throws(CellarError) -> Rows {
        var found = Rows(train: Array(0..<count))
        let classes = stratify ? classes() : nil
        guard !stratify || classes != nil else {
            throw CellarError(
                .usage, expected: "classes, to have them in the same proportions in each part",
                found: "numbers to learn", fix: "Leave stratify out.")
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
                    expected: "fewer validation rows than the \(found.train.count) there are to train on",
                    found: "\(first)", fix: "Take fewer.")
            }
            found.validation = Array(found.train.prefix(first))
            found.train.removeFirst(first)
        }
        if let share = lastValidate {
            let kept = validationStart(of: found.train.count, share: share)
            guard kept > 0, kept < found.train.count else {
                throw CellarError(
                    .usage, expected: "a validation_split that leaves rows on both sides",
                    found: "\(share) of \(found.train.count) rows", fix: "Use more data or another share.")
            }
            found.validation = Array(found.train[kept...])
            found.train.removeLast(found.train.count - kept)
        }
        return found
    }
}

/// Where Keras' validation_split begins: floor(n · (1 − share)).
public func validationStart(of count: Int, share: Double) -> Int { Int(Double(count) * (1 - share)) }

extension RowDivision {
    /// In a recipe's words.
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

    /// Nil where it does not tell the rows.
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
