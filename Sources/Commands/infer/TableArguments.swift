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

    func dialect() throws(CellarError) -> TableDialect {
        var dialect = TableDialect()
        if let delimiter { try dialect.setDelimiter(delimiter) }
        if let comment { try dialect.setComment(comment) }
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
