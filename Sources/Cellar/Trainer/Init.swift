import Base
import Datasets
import Trainer

/// Asks for a recipe for a table.
public struct InitRequest: Sendable {
    /// The table.
    public var data: String
    /// The column to predict; nil chooses one.
    public var target: String?
    /// True if the table's first line names the columns; nil to find out.
    public var header: Bool?
    /// The recipe's path; nil for the table's name in the current folder.
    public var recipe: String?
    /// The model's name; nil for the table's.
    public var name: String?
    public var replaces = false

    public init(data: String, target: String? = nil) { (self.data, self.target) = (data, target) }
}

/// A recipe that was written.
public struct InitResult: Sendable {
    public let survey: TableSurvey
    public let recipe: String
    public let text: String

    public var json: JSON {
        let task: JSON =
            switch survey.task {
            case .numbers: "regression"
            case .classes(let classes): classes.count == 2 ? "binary" : "multiclass"
            }
        return [
            "recipe": .string(recipe), "rows": .integer(survey.rows),
            "target": .string(survey.columns[survey.target].name), "task": task,
            "columns": .array(
                survey.columns.enumerated().filter { $0.offset != survey.target }.map { _, column in
                    [
                        "name": .string(column.name), "kind": .string(column.kind.rawValue),
                        "reason": .string(column.reason), "missing": .integer(column.profile.missing),
                    ]
                }),
        ]
    }
}

extension InitRequest {
    /// The path of the recipe. Throws if there is a file that is not to be replaced.
    @discardableResult
    public func freePath() throws(CellarError) -> String {
        let path = recipe ?? modelName(of: data) + ".yaml"
        guard replaces || !FileSystem.exists(path) else {
            throw CellarError(
                .cannotCreate, "the file exists already.", file: path,
                remedy: "Use --force to replace it, or -o to name another.")
        }
        return path
    }
}

/// Writes a recipe for a table.
public func initRecipe(
    _ request: InitRequest, survey given: TableSurvey? = nil
) throws(CellarError) -> InitResult {
    var survey =
        if let given { given } else {
            try TableSurvey(path: request.data, target: request.target, header: request.header)
        }
    let path = try request.freePath()
    let text = try trainable(&survey, name: request.name ?? modelName(of: request.data), path)
    try writeFile(path, pieces: [Array(text.utf8)])
    return InitResult(survey: survey, recipe: path, text: text)
}

/// Returns the text of a recipe whose data can be prepared. What prevents that is taken out of it: a column that does not fit
/// 32-bit numbers, or a division for which there are too few rows.
private func trainable(_ survey: inout TableSurvey, name: String, _ path: String) throws(CellarError)
    -> String
{
    while true {
        let text = survey.recipe(name: name)
        let recipe = try Recipe(text: text, file: path)
        let data: PreparedData
        do {
            data = try PreparedData(recipe)
            _ = try recipe.model.network(data)
        } catch {
            try survey.avoid(error)
            continue
        }
        do {
            try proveReading(survey, data)
            return text
        } catch { if !survey.nameDelimiter() { throw error } }
    }
}

/// Throws unless a model of these data reads its own table as its training does.
private func proveReading(_ survey: TableSurvey, _ data: PreparedData) throws(CellarError) {
    let dialect = TableDialect().completed(
        by: data.dataset.dialect, targets: data.targets, features: data.features)
    // An error of this attempt says nothing about the table.
    let read = try? Table(path: survey.path, dialect: dialect)
    let names = survey.columns.map(\.name)
    guard read?.columns == names, read?.rowCount == survey.rows else {
        throw CellarError(
            .badData, file: survey.path,
            expected: "\(survey.rows) rows of \(names.count) columns for infer as for trainer",
            found: read.map { "\($0.rowCount) rows of \($0.columns.count)" } ?? "another form",
            fix: "Save the table with names in its first line and one sign between columns.")
    }
}

/// Makes a model's name of a file's: small letters, digits and `-`.
private func modelName(of path: String) -> String {
    let file = FileSystem.name(of: path).prefix { $0 != "." }.lowercased()
    var name = ""
    for character in file {
        let fits = character.isASCII && (character.isLetter || character.isNumber)
        if fits { name.append(character) } else if !name.isEmpty, name.last != "-" { name.append("-") }
    }
    while name.last == "-" { name.removeLast() }
    return name.first.map { $0.isLetter } ?? false ? name : "table" + (name.isEmpty ? "" : "-" + name)
}
