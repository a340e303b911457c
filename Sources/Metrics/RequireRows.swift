import Base

/// Throws where two lists that belong together, row by row, differ in length or have no rows.
func requireRows(_ first: (String, Int), _ second: (String, Int)) throws(CellarError) {
    guard first.1 == second.1 else {
        throw CellarError(
            .badData, "\(first.1) \(first.0) but \(second.1) \(second.0): each row needs both.")
    }
    guard first.1 > 0 else { throw CellarError(.badData, "There is no row to measure.") }
}
