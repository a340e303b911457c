import Metrics

/// Ten classes, nine of ten predictions right, as in the peer's run: from class numbers to the report's text.
func measureReport(_ options: Options) throws {
    let count = 10_000_000
    var random = SystemRandomNumberGenerator()
    let truth = (0..<count).map { _ in Int32.random(in: 0..<10, using: &random) }
    let prediction = truth.map {
        Int.random(in: 0..<10, using: &random) > 0 ? $0 : Int32.random(in: 0..<10, using: &random)
    }
    let classes = (0..<10).map(String.init)
    let seconds = try timed(runs: options.runs) {
        let report = try ClassificationReport(
            ClassCounts(truth: truth, prediction: prediction, classes: classes))
        precondition(report.text().contains("weighted avg"))
    }
    report("classification report, 10 M labels: Cellar", seconds: seconds, items: count, threads: 1)
}
