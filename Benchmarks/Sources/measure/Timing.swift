import Foundation

/// Runs `body` once to warm up, then `runs` times, and gives the seconds of each run.
func timed(runs: Int, warmUp: Bool = true, _ body: () throws -> Void) rethrows -> [Double] {
    if warmUp { try body() }
    let clock = ContinuousClock()
    return try (0..<runs).map { _ in try clock.measure(body).seconds }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let middle = sorted.dropFirst(sorted.count / 2).first else { return .nan }
    return sorted.count % 2 == 1 ? middle : (middle + sorted[sorted.count / 2 - 1]) / 2
}

/// One measurement: a line of JSON, of the same form as the peers'.
struct Record: Codable {
    var name: String
    /// Seconds of each run, and their median.
    var times: [Double] = []
    var seconds: Double
    /// Things done in a second, where they were counted.
    var rate: Double?
    var samples: Int
    var threads: Int?
    var setting: String?
    /// The most memory that a process had, where that was looked at.
    var peakBytes: Int?
    /// What that may be.
    var allowedBytes: Int?
}

/// Prints a measurement. `items`: how many things were done in those seconds.
func report(
    _ name: String, seconds: [Double], items: Int? = nil, threads: Int? = nil, setting: String? = nil,
    peakBytes: Int? = nil, allowedBytes: Int? = nil
) {
    let middle = median(seconds)
    let record = Record(
        name: name, times: seconds, seconds: middle, rate: items.map { Double($0) / middle },
        samples: seconds.count, threads: threads, setting: setting, peakBytes: peakBytes,
        allowedBytes: allowedBytes)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let line = try? encoder.encode(record) else { return }
    print(String(decoding: line, as: UTF8.self))
    fflush(nil)
}

/// Reports the setting with the shortest median: first two runs of each, then all of the best. Peers choose so too.
func reportFastest(_ name: String, runs: Int, items: Int? = nil, _ settings: [(String, () throws -> Void)])
    throws
{
    var best: (middle: Double, name: String, body: () throws -> Void)?
    for (setting, body) in settings {
        let middle = settings.count == 1 ? 0 : median(try timed(runs: 2, body))
        if middle < best?.middle ?? .infinity { best = (middle, setting, body) }
    }
    guard let best else { return }
    report(name, seconds: try timed(runs: runs, best.body), items: items, setting: best.name)
}
