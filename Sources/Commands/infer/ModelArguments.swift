import ArgumentParser
import Base
import Cellar
import Datasets
import StoreSupport

/// Which models to ask, and what to add to what their files say.
struct ModelArguments: ParsableArguments {
    @OptionGroup var place: StoreOptions

    @Option(
        name: .shortAndLong,
        help:
            "The model: NAME, NAME:VERSION, NAME@ALIAS or a file. Repeat the option to compare several. (default: the one model that fits the data, its version @best or else its newest)",
        completion: .versions)
    var model: [String] = []

    @Option(
        help: "For weights alone: a config.json (model.to_json), a model file or a version with the layers.")
    var architecture: String?

    @Option(
        parsing: .unconditional,  // a class may be -1
        help:
            "Class names for a model without them, in the order of its outputs: cat,dog,… Quote a name with a comma: cat,\"dog, wet\"."
    )
    var classes: String?

    @Option(help: "Column names for a model without them, in the order of its inputs.")
    var features: String?

    @Option(help: "The value of a white pixel, 255 or 1, for a model without this information.")
    var white: Float?

    @Option(
        help:
            "How pictures are read: digit (framed as in MNIST) or pixels (as they are). (default: as trained)"
    )
    var framing: FramingOption?

    @Option(
        parsing: .unconditional,  // a class may be -1
        help: "The positive one of two classes. (default: as kept with the model, or the second)")
    var positive: String?

    @Option(
        parsing: .unconditional,  // of a margin, it may be negative
        help:
            "The score from which on the positive class is predicted. (default: as kept with the model, or above 0.5)"
    )
    var threshold: Double?

    @Option(help: "The number of threads. (default: up to 4 to score a table, else 1)")
    var threads: Int?

    func validate() throws {
        guard (1...256).contains(threads ?? 1) else { throw ValidationError("--threads takes 1 to 256.") }
        if let white, !(white.isFinite && white > 0) {
            throw ValidationError("--white takes a positive number.")
        }
    }

    var models: ModelSelection {
        var selection = ModelSelection(model, architecture: architecture)
        selection.options.classes = classes.map(commaSeparated)
        selection.options.features = features.map(commaSeparated)
        (selection.options.white, selection.options.threads) = (white, threads)
        (selection.options.positive, selection.options.threshold) = (positive, threshold)
        selection.options.framing = framing.flatMap { ModelFacts.Picture.Framing(rawValue: $0.rawValue) }
        return selection
    }
}

/// ModelFacts.Picture.Framing as an argument.
enum FramingOption: String, ExpressibleByArgument, CaseIterable { case digit, pixels }
