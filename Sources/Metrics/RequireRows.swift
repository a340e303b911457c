import Base

/// Throws if two parallel lists are empty or differ in length.
func requireRows(_ first: (String, Int), _ second: (String, Int)) throws(CellarError) {
    guard first.1 == second.1 else {
        throw CellarError(
            .badData, "\(first.1) \(first.0) but \(second.1) \(second.0). Each row needs both.")
    }
    guard first.1 > 0 else { throw CellarError(.badData, "There are no rows.") }
}
