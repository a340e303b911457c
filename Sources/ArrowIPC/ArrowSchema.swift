import Base

/// A column's name and type.
public struct ArrowField: Equatable, Sendable {
    public var name: String
    public var type: ArrowType
    public var isNullable: Bool
    /// Notes of other programs, which are passed on.
    var notes: [ArrowNote] = []

    public init(_ name: String, _ type: ArrowType, isNullable: Bool = false) {
        (self.name, self.type, self.isNullable) = (name, type, isNullable)
    }
}

/// A key and a value of a schema, a column or a message: texts, or any bytes of another program.
public struct ArrowNote: Equatable, Sendable {
    var key, value: [UInt8]

    public init(_ key: String, _ value: String) {
        (self.key, self.value) = (Array(key.utf8), Array(value.utf8))
    }

    init(bytes key: [UInt8], _ value: [UInt8]) { (self.key, self.value) = (key, value) }
}

/// The columns of a stream.
public struct ArrowSchema: Equatable, Sendable {
    public var fields: [ArrowField]
    var notes: [ArrowNote] = []

    public init(_ fields: [ArrowField]) { self.fields = fields }

    public var names: [String] { fields.map(\.name) }

    /// The schema with these columns instead. The notes stay, but for pandas' description of the columns.
    public func with(_ fields: [ArrowField]) -> ArrowSchema {
        var schema = self
        schema.fields = fields
        schema.notes.removeAll { $0.key == Array("pandas".utf8) }
        return schema
    }

    /// Returns true if the columns have the same names and types, in the same order.
    func hasSameColumns(as other: ArrowSchema) -> Bool {
        fields.count == other.fields.count
            && zip(fields, other.fields).allSatisfy {
                ($0.name, $0.type, $0.isNullable) == ($1.name, $1.type, $1.isNullable)
            }
    }
}

extension ArrowSchema {
    init(_ table: FlatTable) throws(CellarError) {
        guard try table.integer(0, or: Int16(0)) == 0 else {
            throw CellarError(
                .badData, "the Arrow stream has big-endian numbers.",
                remedy: "Write it on a little-endian machine.")
        }
        fields = []
        for field in try table.tables(1) { fields.append(try ArrowField(field)) }
        notes = try ArrowNote.list(table, 2)
    }

    func write(to writer: inout FlatWriter, for owner: Int) {
        let places = writer.table(
            [.short(0), .later, notes.isEmpty ? .missing : .later], for: owner)
        for (field, place) in zip(fields, writer.list(fields.count, for: places[0])) {
            field.write(to: &writer, for: place)
        }
        if !notes.isEmpty { ArrowNote.write(notes, to: &writer, for: places[1]) }
    }
}

extension ArrowField {
    fileprivate init(_ table: FlatTable) throws(CellarError) {
        name = try table.text(0) ?? ""
        isNullable = try table.integer(1, or: UInt8(0)) != 0
        if try table.has(4) {
            throw CellarError(
                .badData, "the column is dictionary-encoded, which is not supported.", column: name,
                remedy: "Decode it first: `column.dictionary_decode()` in pyarrow.")
        }
        guard let type = try table.table(3) else { throw .damagedArrow("a column without a type") }
        self.type = try ArrowType(id: table.integer(2, or: UInt8(0)), type, column: name)
        notes = try ArrowNote.list(table, 6)
    }

    fileprivate func write(to writer: inout FlatWriter, for owner: Int) {
        let places = writer.table(
            [
                .later, .byte(isNullable ? 1 : 0), .byte(type.id), .later, .missing, .later,
                notes.isEmpty ? .missing : .later,
            ], for: owner)
        writer.text(name, for: places[0])
        type.write(to: &writer, for: places[1])
        // Readers want the list of children, empty as it is.
        _ = writer.list(0, for: places[2])
        if !notes.isEmpty { ArrowNote.write(notes, to: &writer, for: places[3]) }
    }
}

extension ArrowNote {
    static func list(_ table: FlatTable, _ slot: Int) throws(CellarError) -> [ArrowNote] {
        var notes: [ArrowNote] = []
        for note in try table.tables(slot) {
            notes.append(ArrowNote(bytes: try note.textBytes(0) ?? [], try note.textBytes(1) ?? []))
        }
        return notes
    }

    static func write(_ notes: [ArrowNote], to writer: inout FlatWriter, for owner: Int) {
        for (note, place) in zip(notes, writer.list(notes.count, for: owner)) {
            let places = writer.table([.later, .later], for: place)
            writer.rawText(note.key, for: places[0])
            writer.rawText(note.value, for: places[1])
        }
    }
}
