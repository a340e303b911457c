import ArgumentParser
import Base
import Datasets

/// How a table is written, where its first lines and the model's file do not tell.
struct TableArguments: ParsableArguments {
    @Option(help: "The sign between columns: , ; | tab or blank. (default: found in the first line)")
    var delimiter: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether the first line has column names. (default: as in training, else yes)")
    var header: Bool?

    @Option(help: "The names of the columns of a table without them, as id,alcohol,pH.")
    var names: String?

    @Option(
        help: ArgumentHelp("The sign from which on a line is a comment, such as #.", valueName: "sign"))
    var comment: String?
    @Option(
        help: ArgumentHelp(
            "The number of lines before the table. By default as in the table that the model was trained on, if this one has them too.",
            valueName: "n"))
    var skipLines: Int?

    func dialect() throws(CellarError) -> TableDialect {
        var dialect = TableDialect()
        if let delimiter { try dialect.setDelimiter(delimiter) }
        if let comment { try dialect.setComment(comment) }
        if let skipLines {
            guard (0...100_000).contains(skipLines) else {
                throw CellarError(.usage, "--skip-lines is \(skipLines); expected 0 to 100000.")
            }
            dialect.skippedLines = skipLines
        }
        dialect.hasHeader = header
        if let names {
            guard header != true else {
                throw CellarError(.usage, "--names is for a table without names in its first line.")
            }
            (dialect.names, dialect.hasHeader) = (commaSeparated(names), false)
        }
        return dialect
    }
}
