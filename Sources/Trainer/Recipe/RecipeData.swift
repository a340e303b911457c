import Base
import Datasets

/// The data of a recipe, without its model: what is needed to look at them.
public struct RecipeData: Sendable {
    public let data: DataRecipe
    private let validationSplit: Double?

    /// Reads the `data` section, and `fit` for its `validation_split`. The other sections may be missing.
    public init(path: String) throws(CellarError) { try self.init(RecipeText(path: path)) }

    init(_ source: RecipeText) throws(CellarError) {
        var top = try RecipeSection(source.root, title: "the recipe", file: source.file)
        guard let section = try top.section("data") else { throw top.error("data is missing.") }
        data = try DataRecipe(section)
        let fit = try top.section("fit").map { (section) throws(CellarError) in try FitRecipe(section) }
        validationSplit = fit?.validationSplit
    }

    /// The path of a file that the recipe names, or of its gzipped form.
    public func path(_ name: String) -> String {
        let plain = data.resolve(name)
        let zipped = data.resolve(name + ".gz")
        return !FileSystem.exists(plain) && FileSystem.exists(zipped) ? zipped : plain
    }

    /// The rows for training, validation and testing, or nil where the recipe divides nothing.
    ///
    /// - classes, hashes: See `RowDivision.rows`.
    public func parts(
        _ count: Int, classes: () -> [Int]?, hashes: () throws(CellarError) -> [UInt64]
    ) throws(CellarError) -> RowDivision.Rows? {
        guard data.split != nil || data.validationFirst != nil || validationSplit != nil else { return nil }
        return try data.division(validationSplit: validationSplit).rows(
            count, classes: classes, hashes: hashes)
    }

    /// True if the division is drawn anew by each run, so that a run's own rows may differ.
    public var isDrawnAnew: Bool { data.split.map { $0.isRandom && $0.randomState == nil } ?? false }
}
