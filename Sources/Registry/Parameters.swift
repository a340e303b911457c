import Base
import GRDB

/// A row of `param`: a hyper-parameter, a fact of the data set, or the run of a version, by which versions are searched.
struct Parameter: Equatable {
    var name: String
    /// A text as it is, anything else as JSON.
    var text: String
    /// The value if it is a number: 0.9 also where the file has it in 32 bits, as 0.8999999761581421.
    var number: Double?

    /// The most rows of a version, and the longest text in bytes: what is beyond is only in `facts`.
    private static let most = 200
    private static let longest = 1000

    /// Returns the rows of a version's facts. Members of objects are flattened: `dataset.division.test`.
    static func rows(of facts: JSON) -> [Parameter] {
        var rows: [String: Parameter] = [:]
        func add(_ name: String, _ value: JSON?) {
            guard rows.count < most, name.utf8.count <= longest else { return }
            var row = Parameter(name: name, text: "", number: nil)
            switch value {
            case nil, .null?: return
            case .object(let object)?:
                for (key, member) in object.members { add(name.isEmpty ? key : name + "." + key, member) }
                return
            case .string(let text)?: row.text = text
            case .integer(let value)?: row.number = Double(value)
            case .number(let value)?: row.number = value.isNaN ? nil : plain(value)
            case .bool?, .array?: break
            }
            if let value, value.string == nil { row.text = value.text() }
            guard row.text.utf8.count <= longest else { return }
            rows[name] = row
        }
        // First what every version has: a hyper-parameter of an unknown file may have any name.
        add("dataset", facts["dataset"])
        add("run", facts["run"])
        let taken = rows
        add("", facts["hyperparameters"])
        return rows.merging(taken) { $1 }.values.sorted { $0.name < $1.name }
    }
}

/// The number that a person wrote, if the value is that number rounded to 32 bits. Keras' configs have such values.
private func plain(_ value: Double) -> Double {
    let short = Float(value)
    return Double(short) == value ? Double("\(short)") ?? value : value
}

extension Database {
    /// Inserts the rows of `param` of a version.
    func insertParameters(of version: Int64, _ facts: JSON) throws {
        let statement = try cachedStatement(
            sql: "INSERT INTO param (version, name, text, number) VALUES (?, ?, ?, ?)")
        for row in Parameter.rows(of: facts) {
            try statement.execute(arguments: [version, row.name, row.text, row.number])
        }
    }
}
