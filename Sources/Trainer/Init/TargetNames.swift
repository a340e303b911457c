/// How well the names of columns tell which one is to be predicted.
struct TargetNames {
    enum Strength: Int, Comparable {
        /// Nothing in the name tells that the column is a target.
        case none
        /// Targets have such names, but features as often: type, grade, count.
        case weak
        case likely
        /// A name that features hardly ever have.
        case sure

        static func < (a: Strength, b: Strength) -> Bool { a.rawValue < b.rawValue }
    }

    /// The words of each name, in small letters.
    private let words: [[String]]
    private let hasX: Bool

    init(_ names: [String]) {
        words = names.map(TargetNames.words)
        hasX = words.contains(["x"])
    }

    /// - isBinary: True for a column of two values.
    func strength(of column: Int, isBinary: Bool) -> Strength {
        let words = words[column]
        let name = words.joined(separator: " ")
        // Beside an x, y is a coordinate.
        if name == "y" && hasX { return .none }
        if rank(of: column) != nil || isBinary && areEvent(words) { return .sure }
        // TARGET_5Yrs, but not target_temp.
        if words.first == "target" { return isBinary ? .sure : .weak }
        if isBinary, ["event", "died", "dead", "death"].contains(words.last) { return .likely }
        if TargetNames.likely.contains(name) || isBinary && TargetNames.states.contains(name) {
            return .likely
        }
        guard let last = words.last else { return .none }
        if TargetNames.likelyEnds.contains(last) || TargetNames.isPrice(words) { return .likely }
        return TargetNames.weak.contains(name) || isNumberedY(column) ? .weak : .none
    }

    /// True for Y1, Y2 and so on, which stand for several columns to predict, or for coordinates.
    func isNumberedY(_ column: Int) -> Bool {
        let name = words[column].joined(separator: " ")
        return name.count > 1 && name.first == "y" && name.dropFirst().allSatisfy(\.isNumber)
    }

    /// The place of a sure name among all such names; the first is the surest.
    func rank(of column: Int) -> Int? {
        return TargetNames.sure.firstIndex(of: words[column].joined(separator: " "))
    }

    /// True for the name of a place, a time or a row, which is no target only for being last.
    func isUnlikely(_ column: Int) -> Bool {
        guard strength(of: column, isBinary: false) == .none else { return false }
        let words = words[column]
        return words.last.map { TargetNames.unlikelyEnds.contains($0) } ?? false || words.first == "unnamed"
    }

    private func areEvent(_ words: [String]) -> Bool {
        let rest = words.filter { !["is", "has", "was", "flag", "flagged"].contains($0) }
        return rest.count == 1 && rest.count < words.count && TargetNames.events.contains(rest[0])
            || words.last == "failure"
                && (words.count == 1 || words.count == 2 && TargetNames.machines.contains(words[0]))
    }

    private static func isPrice(_ words: [String]) -> Bool {
        words.count == 2 && words[1] == "price"
            && ["sale", "sales", "selling", "sold", "resale", "house", "car", "average", "median"].contains(
                words[0])
    }

    /// The words of `SalePrice`, `sale_price` and `SALE PRICE (EUR)`: sale and price.
    private static func words(_ name: String) -> [String] {
        var words: [String] = []
        var previous: Character = " "
        let bare = name.prefix { $0 != "(" }
        for character in bare.contains(where: \.isLetter) ? bare : name[...] {
            let isWord = character.isLetter || character.isNumber
            if isWord,
                words.isEmpty || !(previous.isLetter || previous.isNumber)
                    || character.isUppercase && previous.isLowercase
            {
                words.append("")
            }
            if isWord { words[words.count - 1] += character.lowercased() }
            previous = character
        }
        return words
    }

    private static let sure = [
        "target", "label", "labels", "outcome", "y", "survived", "churn", "churned", "exited", "species",
        "class", "diagnosis", "attrition", "output",
    ]
    private static let likely: Set = [
        "response", "variety", "salary class", "loan status", "fraud", "deposit", "quality", "price",
        "saleprice", "medv", "charges", "mpg", "spam", "stroke", "heartdisease", "heart disease", "num",
        "strength", "cnt", "rings", "g3", "median house value", "personal loan", "sales", "fare amount",
        "rented bike count", "default payment next month", "tip", "tip amount", "trip duration", "shares",
    ]
    private static let likelyEnds: Set = [
        "outcome", "churn", "fraud", "sentiment", "disposition", "diagnosis", "cancelled",
        "canceled", "tomorrow", "strength",
    ]
    /// Names of states, which are likely targets where there are two of them.
    private static let states: Set = ["status", "condition", "result", "income"]
    private static let weak: Set = [
        "type", "condition", "status", "grade", "category", "rating", "score", "count", "result", "income",
        "default", "fare", "total", "total amount",
    ]
    private static let events: Set = [
        "fraud", "canceled", "cancelled", "churn", "churned", "spam", "default", "defaulted", "claim",
        "promoted", "duplicate", "attributed", "clicked", "returned", "anomaly", "toxic", "delayed",
    ]
    private static let machines: Set = ["machine", "equipment", "device", "engine", "component", "system"]
    private static let unlikelyEnds: Set = [
        "longitude", "latitude", "long", "lon", "lat", "lng", "zip", "zipcode", "year", "month", "day",
        "hour", "date", "time", "timezone", "until", "ver", "version", "url", "link", "id", "index",
    ]
}
