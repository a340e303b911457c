import Base
import TestSupport
import Tensors
import Testing

@testable import Network

/// A metric's results after each of some batches.
struct MetricCase: CustomStringConvertible, Sendable {
    let json: JSON
    let shared: JSON
    var description: String {
        "\(json["tag"]?.string ?? "") \(json["metric"]?.text() ?? "") \(json["weights"] == true ? "weighted" : "")"
    }

    static func all() throws -> [MetricCase] {
        let cases = try Recorded.cases("metrics")
        return cases.dropFirst().map { MetricCase(json: $0, shared: cases[0]) }
    }

    func array(_ key: String) -> JSON? { json[key]?.string.flatMap { shared["arrays"]?[$0] } }
}

@Test("metrics equal Keras', batch by batch", arguments: try MetricCase.all())
func metrics(given: MetricCase) throws {
    let metric = try Metric(from: given.json["metric"] ?? .null, strict: true)
        .settingNewer(given.json["tag"] == "k3")
    let shape = Recorded.shape(given.array("y"))
    let width = shape.last ?? 1
    let outputs = Recorded.arena(Recorded.floats(given.array("y")))
    let targets = Recorded.targets(given.array("t"), outputs: shape)
    let room = Arena(count: 2 * width)
    let all = Array(0..<shape[0])
    var sums = [Double](repeating: 0, count: metric.sumCount(width: width))
    for (batch, expected) in Recorded.floats(given.json["results"]).enumerated() {
        let samples = all[16 * batch..<min(16 * batch + 16, all.count)]
        let rows = OutputRows(
            outputs: outputs.slice(samples.startIndex * width, samples.count * width), positions: 1,
            width: width,
            targets: targets, samples: samples,
            weights: given.json["weights"] == true ? Recorded.floats(given.shared["weights"]) : nil,
            mask: nil,
            target: room.slice(0, width), copy: room.slice(width, width))
        // Two threads' sums are added.
        var part = [Double](repeating: 0, count: sums.count)
        metric.add(rows, to: &part)
        for index in sums.indices { sums[index] += part[index] }
        // Keras' own sums are float32.
        let found = metric.result(sums)
        #expect(
            abs(Float(found) - expected) <= 3e-6 + 3e-6 * abs(expected),
            "\(given), batch \(batch): \(found), \(expected)")
    }
}

@Test("metrics survive being written and read")
func metricsRoundTrip() throws {
    for given in try MetricCase.all() {
        let metric = try Metric(from: given.json["metric"] ?? .null)
        // Keras 2.10 has no F-scores, and would not open a file that names one.
        guard let json = metric.json(accuracy: .accuracy) else { continue }
        #expect(try Metric(from: json, strict: true) == metric, "\(given)")
    }
    #expect(
        Metric.accuracy.json(accuracy: .categoricalAccuracy(sparse: true))?["class_name"]
            == "SparseCategoricalAccuracy")
    let wrapped: JSON = [
        "class_name": "MeanMetricWrapper",
        "config": ["name": "accuracy", "fn": "sparse_categorical_accuracy"],
    ]
    #expect(try Metric(from: wrapped) == Metric(.categoricalAccuracy(sparse: true), name: "accuracy"))
    #expect(try Metric(from: "mae").name == "mae")
    #expect(try Metric(from: "AUC").name == "auc")
}

@Test("metrics that nobody knows are errors, with a hint")
func badMetrics() {
    #expect(throws: CellarError.self) { try Metric(from: "accurcy") }
    #expect(throws: CellarError.self) { try Metric(from: ["class_name": "F1Score", "config": [:]]) }
    #expect(throws: CellarError.self) { try Metric(from: ["class_name": "AUC", "config": ["curve": "RO"]]) }
    #expect(throws: CellarError.self) {
        try Metric(from: ["class_name": "Precision", "config": ["thresholds": [0.1, 0.2]]])
    }
}
