import Base
import Datasets

extension PredictionDifference {
    /// Writes all rows with different predictions as a table: `row,truth,first,second,first_confidence,second_confidence,seen`.
    public func write(to path: String) throws(CellarError) {
        var writer = try CSVWriter(path: path)
        for name in ["row", "truth", "first", "second", "first_confidence", "second_confidence", "seen"] {
            try writer.field(name)
        }
        try writer.endRow()
        for row in disagreements {
            try writer.field(row.row)
            for name in [row.truth, row.first, row.second] { try writer.field(name) }
            try writer.field(row.firstConfidence)
            try writer.field(row.secondConfidence)
            try writer.field(row.seen.map { $0 ? "true" : "false" } ?? "")
            try writer.endRow()
        }
        try writer.finish()
    }
}
