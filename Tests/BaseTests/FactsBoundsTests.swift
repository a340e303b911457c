import Base
import Testing

private func facts(_ members: String) throws -> ModelFacts {
    let text = #"{"name": "x", "created": "2026-11-22T12:30:05Z", \#(members)}"#
    return try #require(ModelFacts(json: try JSON(parsing: text)))
}

/// Numbers that no training has, and that overflow when they are added, multiplied or converted.
private let impossible = [
    "-1", "-9223372036854775808", "9223372036854775807", "2147483649", "1e300", "-1e300", "1.5", "NaN",
    "Infinity", "\"many\"", "null", "[1]",
]

@Test("numbers of a training that none can have are not read", arguments: impossible)
func impossibleCounts(number: String) throws {
    let found = try facts(
        #"""
        "epoch": \#(number), "host": {"processor": "p", "threads": \#(number)},
        "dataset": {"path": "t.csv", "train_rows": \#(number), "validation_rows": \#(number), "test_rows": \#(number)},
        "hyperparameters": {"batch_size": \#(number), "epochs": \#(number), "restored_epoch": \#(number)}
        """#)
    #expect(found.epoch == nil && found.host?.threads == 1)
    let dataset = try #require(found.dataset)
    #expect([dataset.trainRows, dataset.validationRows, dataset.testRows] == [0, 0, 0])
    let settings = found.hyperparameters
    #expect(settings.batchSize == nil && settings.epochs == nil && settings.restoredEpoch == nil)
    // What was read is written again.
    #expect(settings.json["batch_size"]?.text() == (try JSON(parsing: number)).text())
}

@Test(
    "a training time is from 0 to 300 years", arguments: ["-1", "1e300", "1e11", "NaN", "Infinity", "\"1\""])
func impossibleTimes(number: String) throws {
    #expect(try facts("\"training_seconds\": \(number)").trainingSeconds == nil)
    #expect(try facts("\"training_seconds\": 1.5").trainingSeconds == 1.5)
    #expect(try facts("\"training_seconds\": 0").trainingSeconds == 0)
}

@Test("a batch of no rows is none, and the largest numbers are read")
func countsAtTheLimits() throws {
    #expect(try facts(#""hyperparameters": {"batch_size": 0}"#).hyperparameters.batchSize == nil)
    let found = try facts(
        #""epoch": 2147483648, "hyperparameters": {"batch_size": 2147483648, "epochs": 0}"#)
    #expect(found.epoch == 1 << 31 && found.hyperparameters.batchSize == 1 << 31)
    #expect(found.hyperparameters.epochs == 0)
}

@Test(
    "a division that cannot be is none",
    arguments: [
        #"{"test": -5, "random_state": 1}"#, #"{"test": 0, "random_state": 1}"#,
        #"{"test": 1.5, "random_state": 1}"#, #"{"test": NaN, "random_state": 1}"#,
        #"{"test": 9223372036854775807, "random_state": 1}"#, #"{"test": 1e300, "random_state": 1}"#,
        #"{"validation": "all", "random_state": 1}"#, #"{"validation_first": -1}"#,
        #"{"validation_first": 1e300}"#, #"{"validation_split": 1}"#,
    ])
func impossibleDivisions(text: String) throws {
    #expect(RowDivision(json: try JSON(parsing: text)) == nil)
}
