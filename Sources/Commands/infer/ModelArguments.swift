import ArgumentParser
import Base
import CommandSupport
import Datasets
import Foundation
import Infer
import KerasFile
import Registry
import StoreSupport

extension StoreChoice {
    /// Runs a subcommand; its error becomes a line or two and an exit code.
    func run(_ body: () throws -> Void) throws {
        reportBrokenPipes()
        try run("infer", body)
    }
}

/// Which models to ask, and what to add to what their files say.
protocol ModelChoice {
    associatedtype Place: StoreChoice
    var place: Place { get }
    var model: [String] { get }
    var architecture: String? { get }
    var classes: String? { get }
    var features: String? { get }
    var white: Float? { get }
    var threads: Int? { get }
}

struct ModelArguments: ParsableArguments, ModelChoice {
    @OptionGroup var place: StoreOptions

    @Option(
        name: .shortAndLong,
        help: "NAME, NAME:VERSION, NAME@ALIAS or a file. Several are shown side by side.",
        completion: .versions)
    var model: [String] = []

    @Option(
        help: "For weights alone: a config.json (model.to_json), a model file or a version with the layers.")
    var architecture: String?

    @Option(help: "Names of the classes, for a model that has none: cat,dog,… in the order of its outputs.")
    var classes: String?

    @Option(help: "Names of the columns that go in, for a model that has none: in the order of its inputs.")
    var features: String?

    @Option(help: "The number of a white pixel, 255 or 1, for a model that does not say.")
    var white: Float?

    @Option(help: "How many threads compute. (default: up to 4 for a table that is scored, else 1)")
    var threads: Int?

    func validate() throws {
        guard (1...256).contains(threads ?? 1) else { throw ValidationError("--threads takes 1 to 256.") }
        if let white, !(white.isFinite && white > 0) {
            throw ValidationError("--white takes a positive number.")
        }
    }
}

extension ModelChoice {
    /// Loads the models that were named, or else those that `standard` chooses.
    func load(else standard: (ModelStore) throws -> [ModelLocation]) throws -> [LoadedModel] {
        let store = place.open()
        let files =
            model.isEmpty ? try standard(store.models) : try model.map { try store.models.file(of: $0) }
        let layers = try architecture.map { try store.architecture($0) }
        return try files.map { file in
            let loaded = try LoadedModel(
                store.trusted(file), name: file.reference, architecture: layers, options: options)
            for warning in loaded.warnings { printError("infer: warning: \(warning)") }
            return loaded
        }
    }

    private var options: ModelOptions {
        var options = ModelOptions()
        options.classes = classes.map(names)
        options.features = features.map(names)
        (options.white, options.threads) = (white, threads)
        return options
    }
}

/// The parts of `a,b , c`.
func names(_ list: String) -> [String] {
    list.split(separator: ",", omittingEmptySubsequences: false).map { part in
        part.trimmingCharacters(in: .whitespaces)
    }
}
