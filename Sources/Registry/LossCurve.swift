import Base
import GRDB
import Glibc

extension ModelFacts {
    /// The loss over the epochs in at most 10 numbers, the means of as many parts of the epochs: on the validation rows if
    /// there are any. NaN for a part with numbers that are not finite; empty without a history.
    public var lossCurve: [Double] {
        let series = history.first { $0.name == "val_loss" } ?? history.first { $0.name == "loss" }
        let values = series?.values ?? []
        let count = min(10, values.count)
        return (0..<count).map { part in
            let values = values[part * values.count / count..<(part + 1) * values.count / count]
            let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
            guard mean.isFinite, mean != 0 else { return mean.isFinite ? 0 : .nan }
            // Four digits are more than a curve shows.
            let exponent = log10(abs(mean)).rounded(.down) - 3
            let power = pow(10, abs(exponent))
            let short = exponent < 0 ? (mean * power).rounded() / power : (mean / power).rounded() * power
            return short.isFinite ? short : mean
        }
    }
}

extension ModelStore {
    /// Returns the losses that events recorded, by version, for small curves: no file is opened. Versions of an earlier Cellar have none.
    public func lossCurves(of versions: [ModelVersion]) throws(CellarError) -> [[Double]] {
        try read("read the losses") { db in
            let curve = try db.cachedStatement(
                sql: "SELECT json_extract(json, '$.loss_curve') FROM facts WHERE version = ?")
            return try versions.map { version in
                let text = try String.fetchOne(curve, arguments: [version.id(db)])
                return (text.flatMap { try? JSON(parsing: $0) }?.array ?? []).map { $0.double ?? .nan }
            }
        }
    }
}
