import Trainer

/// The wine recipe as it stands, but for its callbacks: without early stopping every run does the same 40 epochs.
func measureWine(_ options: Options) throws {
    var recipe = try Recipe(path: "recipes/wine.yaml")
    recipe.callbacks = []
    recipe.fit.epochs = 40
    let data = try PreparedData(recipe)
    let ready = recipe
    func train(threads: Int) throws {
        let outcome = try Training(ready, data: data, threads: threads).run()
        precondition(outcome.history.epochs == 40)
    }
    try reportFastest(
        "wine recipe, 40 epochs: Cellar", runs: options.runs * 3,
        options.threadCounts.map { threads in ("threads \(threads)", { try train(threads: threads) }) })
}
