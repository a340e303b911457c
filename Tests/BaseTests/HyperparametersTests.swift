import Base
import Testing

@Test(
    "facts are written as they were read",
    arguments: [
        #""optimizer": "Adam", "learning_rate": 0.001, "beta_1": 0.9, "loss": "mse", "optimizer_of": "keras 2.11", "loss_of": "keras 3", "batch_size": 32, "epochs": 5, "shuffle": true, "target": "y", "interrupted": {"steps": 3, "loss_sum": 0.5, "count": 96, "output_loss_sums": [], "metric_sums": [[1.0, 2.0], [3.0]]}"#,
        #""learning_rate": {"class_name": "ExponentialDecay"}, "loss": null, "batch_size": 1, "target": ["a", "b"]"#,
        #""new_key": [1], "batch_size": "many", "interrupted": {"steps": 0}"#, "",
    ])
func hyperparameters(_ text: String) throws {
    let json = try JSON(
        parsing: """
            {"name": "x", "created": "2026-11-22T12:30:05Z", "hyperparameters": {\(text)}, "dataset": {"path": "t.csv", "division": {"test": 0.25, "validation": 30, "random_state": 42, "stratify": true, "validation_split": 0.1}}}
            """)
    let facts = try #require(ModelFacts(json: json))
    #expect(facts.json["hyperparameters"]?.text() == json["hyperparameters"]?.text())
    #expect(facts.json["dataset"]?["division"]?.text() == json["dataset"]?["division"]?.text())
}
