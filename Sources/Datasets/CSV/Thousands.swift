import Base
import CNumbers

extension CSVPlan {
    /// Throws if a number column of a table with semicolons, which programs write where the decimal sign is a comma, has
    /// points only as signs of thousands: 1.234, 12.500 and 980. The rows in `bytes[place]` begin at `position`.
    func refuseThousands(_ bytes: [UInt8], _ place: Range<Int>, _ position: Position) throws(CellarError) {
        let fields = header.names.indices.filter { slots[$0] >= 0 }
        guard header.delimiter == UInt8(ascii: ";"), !fields.isEmpty else { return }
        let plan = try CSVPlan(
            file: file, header: header, numbers: [], texts: fields.map { header.names[$0] })
        let capacity = min(4096, place.count / header.names.count + 1)
        var texts = [cn_range](repeating: cn_range(), count: capacity * fields.count)
        var rows = [cn_range](repeating: cn_range(), count: capacity)
        var (none, booleans) = ([Double](), [UInt32]())
        var (start, at) = (place.lowerBound, position)
        var columns = [PointedColumn](repeating: PointedColumn(), count: fields.count)
        while columns.contains(where: { !$0.isSettled }) {
            let first = at.row
            let found = try plan.scan(
                bytes, start..<place.upperBound, last: true, doubles: &none, texts: &texts, rows: &rows,
                booleans: &booleans, position: &at)
            if found.rows == 0 { break }
            for index in 0..<found.rows * fields.count {
                let text = texts[index]
                columns[index % fields.count].take(
                    unquoted(bytes[start + text.begin..<start + text.end]), row: first + index / fields.count)
            }
            start += found.bytes
        }
        for (column, field) in zip(columns, fields) {
            guard !column.isSettled, column.hasPlain, let grouped = column.grouped else { continue }
            throw CellarError(
                .badData, file: file, row: grouped.row, column: header.names[field],
                expected: "a number without doubt",
                found: "\"\(grouped.text)\", whose point may separate thousands, as in every other value",
                fix: "Write the column without signs of thousands, or with all decimals (980.000).")
        }
    }
}

/// What the numbers of a column look like.
private struct PointedColumn {
    /// The first number with points before groups of three digits only.
    private(set) var grouped: (row: Int, text: String)?
    /// True if there is a number of up to three digits.
    private(set) var hasPlain = false
    /// True if there is any other number: points are decimal signs, or there are none.
    private(set) var isSettled = false

    mutating func take(_ field: ArraySlice<UInt8>, row: Int) {
        if isSettled { return }
        let parts = field.drop { $0 == UInt8(ascii: "-") }
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard let first = parts.first, (1...3).contains(first.count),
            parts.allSatisfy({ $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            parts.dropFirst().allSatisfy({ $0.count == 3 }),
            parts.count == 1 || first.first != UInt8(ascii: "0")
        else {
            isSettled = true
            return
        }
        if parts.count == 1 {
            hasPlain = true
        } else if grouped == nil {
            grouped = (row, String(decoding: field, as: UTF8.self))
        }
    }
}
