/// The median of ascending values, as NumPy's: of an even number of them the mean of the two in the middle. Nil for none.
public func median<Value: BinaryFloatingPoint>(ofAscending sorted: [Value]) -> Value? {
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
