import Base
import Infer
import KerasFile
import Registry

/// The models that answer a request.
///
///     let both: ModelSelection = ["mnist:12", "mnist@best"]
public struct ModelSelection: Sendable, ExpressibleByArrayLiteral {
    /// References or paths; empty for the default model.
    public var references: [String]
    /// The layers that go with weights alone: a config in JSON, a model file, or a version in the store.
    public var architecture: String?
    public var options: ModelOptions

    public init(
        _ references: [String] = [], architecture: String? = nil, options: ModelOptions = ModelOptions()
    ) {
        (self.references, self.architecture, self.options) = (references, architecture, options)
    }

    public init(arrayLiteral references: String...) { self.init(references) }
}

extension Store {
    /// Loads the selected models, or else those that `standard` chooses. Loops instead of `map`: see docs/performance.md.
    func load(
        _ selection: ModelSelection, _ progress: ProgressReporter, withRows: Bool = false,
        else standard: () throws(CellarError) -> [ModelLocation]
    ) throws(CellarError) -> [LoadedModel] {
        var files: [ModelLocation] = []
        if selection.references.isEmpty { files = try standard() }
        for reference in selection.references { files.append(try models.file(of: reference)) }
        var layers: Architecture?
        if let reference = selection.architecture { layers = try architecture(reference) }
        var loaded: [LoadedModel] = []
        for file in files {
            let model = try LoadedModel(
                trusted(file), name: file.reference, architecture: layers, options: selection.options,
                withRows: withRows)
            for warning in model.warnings { progress.warn(warning) }
            loaded.append(model)
        }
        return loaded
    }
}
