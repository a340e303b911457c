import Base

/// The figures of an evaluation, divided into rows that the model was trained on and others. A model may have learned rows of
/// the first kind by heart.
public struct SeenRows: Equatable, Sendable {
    public let seen, unseen: Part
    /// Rows that the filter of the training rows contains, but no more than it contains by chance: they count as unseen.
    public let byChance: Int

    init(seen: Part, unseen: Part, byChance: Int = 0) {
        (self.seen, self.unseen, self.byChance) = (seen, unseen, byChance)
    }

    public struct Part: Equatable, Sendable {
        public internal(set) var rows = 0
        /// Nil without rows, or if the model does not predict one class for each row.
        public var accuracy: Double? { hits.flatMap { rows == 0 ? nil : Double($0) / Double(rows) } }
        /// Nil without rows, or if the model does not predict numbers.
        public var meanSquaredError: Double? {
            squares.flatMap { values == 0 ? nil : $0 / Double(values) }
        }

        var hits: Int?
        var squares: Double?
        var values = 0

        public var json: JSON {
            var object: JSONObject = ["samples": .integer(rows)]
            object["accuracy"] = accuracy.map { .number($0) }
            object["mean_squared_error"] = meanSquaredError.map { JSON(finite: $0) }
            return .object(object)
        }

        var text: String {
            var text = "\(rows)"
            if let accuracy { text += ", accuracy \(accuracy.fixed(4))" }
            if let error = meanSquaredError { text += ", mean_squared_error \(error.measured)" }
            return text
        }
    }

    /// Two lines in the form of a report's figures.
    func text(width: Int) -> String {
        SeenRows.line("seen", seen.text, width: width) + SeenRows.line("unseen", unseen.text, width: width)
    }

    static func line(_ name: String, _ text: String, width: Int) -> String {
        name + String(repeating: " ", count: max(1, width + 2 - name.count)) + text + "\n"
    }
}
