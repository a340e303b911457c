/// Runs `body` once to warm up, then `runs` times, and gives the seconds of each run.
func timed(runs: Int, warmUp: Bool = true, _ body: () throws -> Void) rethrows -> [Double] {
    if warmUp { try body() }
    let clock = ContinuousClock()
    return try (0..<runs).map { _ in
        let time = try clock.measure(body)
        return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    }
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let middle = sorted.dropFirst(sorted.count / 2).first else { return .nan }
    return sorted.count % 2 == 1 ? middle : (middle + sorted[sorted.count / 2 - 1]) / 2
}

/// One measurement, as a line of JSON that the table is made from.
func report(_ name: String, seconds: [Double], items: Int = 1) {
    let middle = median(seconds)
    print(
        "{\"name\": \"\(name)\", \"seconds\": \(middle), \"best\": \(seconds.min() ?? .nan), \"runs\": \(seconds.count), "
            + "\"items\": \(items), \"rate\": \(Double(items) / middle)}")
}
