import Foundation

/// The peak of `trainer fit` with the first recipe, against data + 4 × parameters + one batch's activations + 32 MiB.
func measureMemory(_ options: Options) throws {
    try options.withFolder { folder in
        let done = run(
            [options.command("trainer"), "fit", "recipes/mnist.yaml", "--epochs", "1", "--store", folder])
        let data = 70_000 * 784 + 70_000
        let parameters = 784 * 300 + 300 + 300 * 100 + 100 + 100 * 10 + 10
        let activations = 32 * (784 + 300 + 100 + 10)
        report(
            "memory of a training run: Cellar", seconds: [done.seconds], peakBytes: done.peakBytes,
            allowedBytes: data + 4 * 4 * parameters + 4 * activations + (32 << 20))
    }
}
