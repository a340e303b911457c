import Base
import Datasets
import Glibc
import Network
import Tensors

extension TablePreparation {
    /// The parts of a date `2024-03-05 14:30:00`, by Keras' layers alone: its characters are looked up, and products with
    /// powers of ten give year, month, day and hour. Tables have what depends on them.
    static func date(
        _ column: TableColumn, _ input: Int, _ rows: [Int], _ graph: inout PreparationGraph
    ) throws(CellarError) -> [Int] {
        let name = column.name
        let characters = 19
        let digits = graph.digits(input, characters: characters, name)
        // Padding and other signs count as 0.
        let value = [Float(0), 0] + (0..<10).map { Float($0) }
        let table = Tensor(shape: [12, 1], values: value)
        let numbers = graph.add(
            Embedding(inputSize: 12, outputSize: 1), name + "_digits", [digits], constants: [table])
        var made: [String: Int] = [:]
        /// Adds the number that the digits at `places` form, once.
        func part(_ places: [Int], _ what: String) throws(CellarError) -> Int {
            if let known = made[what] { return known }
            var kernel = [Float](repeating: 0, count: characters)
            for (index, place) in places.reversed().enumerated() { kernel[place] = Float(powerOfTen(index)) }
            let sum = try graph.weighted(numbers, by: kernel, places: characters, "\(name)_\(what)")
            made[what] = sum
            return sum
        }
        func month() throws(CellarError) -> Int { try part([5, 6], "month") }
        func day() throws(CellarError) -> Int { try part([8, 9], "day") }
        let dates = rows.compactMap { row -> DateText? in DateText(column.texts[row], order: .yearFirst) }
        let wanted = column.recipe.parts ?? defaultParts(dates)
        var parts: [Int] = []
        func scaler(_ values: [Int]) -> (mean: Double, scale: Double) {
            let scaler = StandardScaler(fitting: [values.map { Double($0) }], rows: Array(values.indices))
            return (scaler.mean[0], scaler.scale[0])
        }
        /// Looks a number up by the month, which is 0 for a missing date.
        func flag(missing: Float, present: Float, _ what: String) throws(CellarError) -> Int {
            if let known = made[what] { return known }
            let found = try graph.lookedUp(
                month(), in: (0...12).map { [$0 == 0 ? missing : present] }, "\(name)_\(what)")
            made[what] = found
            return found
        }
        /// Adds a part that goes round. Row 0 may be of missing dates.
        func round(_ call: Int, _ what: String, _ size: Int, of total: Int, _ place: (Int) -> Int?)
            throws(CellarError)
        {
            let table = (0..<size).map { roundRow(place($0), of: total, isCyclic: column.recipe.isCyclic) }
            parts.append(try graph.lookedUp(call, in: table, "\(name)_\(what)_parts"))
        }
        for one in wanted {
            switch one {
            case .year:
                let (mean, scale) = scaler(dates.map(\.year))
                // The difference from a whole number is exact in float32.
                let since = graph.add(
                    try graph.rescaling(scale: 1.0, offset: .number(-mean.rounded())), name + "_years",
                    [try part([0, 1, 2, 3], "year")])
                let scaled = graph.add(
                    try graph.rescaling(
                        scale: .number(1 / scale), offset: .number((mean.rounded() - mean) / scale)),
                    name + "_years_scaled", [since])
                parts.append(
                    graph.add(
                        Multiply(), name + "_year_scaled",
                        [scaled, try flag(missing: 0, present: 1, "present")]))
            case .month: try round(month(), "month", 13, of: 12) { $0 == 0 ? nil : $0 - 1 }
            case .day:
                let (mean, scale) = scaler(dates.map(\.day))
                let table = (0...31).map { [$0 == 0 ? 0 : Float((Double($0) - mean) / scale)] }
                parts.append(try graph.lookedUp(day(), in: table, name + "_day_scaled"))
            case .hour:
                // A date without a time is at midnight; a missing one has no hour.
                let hour = graph.add(
                    Add(), name + "_hour_or_none",
                    [try part([11, 12], "hour"), try flag(missing: 24, present: 0, "no_hour")])
                try round(hour, "hour", 25, of: 24) { $0 < 24 ? $0 : nil }
            case .weekday:
                let index = try weekday(
                    part([0, 1], "century"), part([2, 3], "year_of_century"), month(), day(), name, &graph)
                try round(index, "weekday", Weekday.tableSize, of: 7) { Weekday.ofSum($0) }
            }
        }
        if column.recipe.indicator ?? (dates.count < rows.count) {
            parts.append(try flag(missing: 1, present: 0, "missing"))
        }
        return parts
    }

    /// Returns the numbers of a part that goes round: a place on a circle, or one column for each value. Zeros for a missing one.
    static func roundRow(_ place: Int?, of total: Int, isCyclic: Bool) -> [Float] {
        guard let place else { return [Float](repeating: 0, count: isCyclic ? 2 : total) }
        guard isCyclic else { return (0..<total).map { $0 == place ? 1 : 0 } }
        let angle = 2 * Double.pi * Double(place) / Double(total)
        return [Float(sin(angle)), Float(cos(angle))]
    }

    private static func powerOfTen(_ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }

    /// The parts that differ in the training rows.
    private static func defaultParts(_ dates: [DateText]) -> [ColumnRecipe.DatePart] {
        var parts: [ColumnRecipe.DatePart] = []
        if Set(dates.map(\.year)).count > 1 { parts.append(.year) }
        if Set(dates.map(\.month)).count > 1 { parts.append(.month) }
        parts.append(.weekday)
        if Set(dates.map(\.hour)).count > 1 { parts.append(.hour) }
        return parts
    }

    /// Adds tables' numbers up to an index of which `Weekday.ofSum` is the day of the week.
    private static func weekday(
        _ century: Int, _ year: Int, _ month: Int, _ day: Int, _ name: String,
        _ graph: inout PreparationGraph
    ) throws(CellarError) -> Int {
        let centuries = try graph.lookedUp(
            century, in: (0..<100).map { [Float($0 % 4 * 100)] }, name + "_centuries")
        let cycle = graph.add(Add(), name + "_cycle", [centuries, year])
        let first = try graph.lookedUp(
            cycle, in: (0..<Weekday.years).map { [Float(Weekday.ofNewYear($0))] }, name + "_new_year")
        let leap = try graph.lookedUp(
            cycle, in: (0..<Weekday.years).map { [Weekday.isLeap($0) ? 13 : 0] }, name + "_leap")
        let monthOfYear = graph.add(Add(), name + "_month_of_year", [month, leap])
        let before = try graph.lookedUp(
            monthOfYear, in: (0..<26).map { [Float(Weekday.daysBefore($0 % 13, leap: $0 >= 13))] },
            name + "_days_before")
        return graph.add(Add(), name + "_weekday_sum", [first, before, day])
    }
}

/// The day of the week, 0 for Monday, from sums of tables' numbers.
private enum Weekday {
    /// 400 years have whole weeks: weekdays repeat after them.
    static let years = 400
    /// The largest sum of a date: 6 for the year, 6 for the month, 31 for the day.
    private static let largest = 43
    /// One more than the largest sum of a missing date, whose month is 0.
    static let tableSize = largest + 1 + 6 + 1

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// The day of the week of January 1 of a year from 0 to 399, in the calendar of today.
    static func ofNewYear(_ year: Int) -> Int {
        // January 1 of the year 0, like that of 2000, is a Saturday.
        let before = year == 0 ? 0 : 365 * year + (year - 1) / 4 - (year - 1) / 100 + 1
        return (5 + before) % 7
    }

    /// The days before a month, without whole weeks. Those of month 0 lead to sums that no date has.
    static func daysBefore(_ month: Int, leap: Bool) -> Int {
        let days = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        return month == 0 ? largest + 1 : (days[month] + (leap && month > 2 ? 1 : 0)) % 7
    }

    /// Nil for a missing date.
    static func ofSum(_ sum: Int) -> Int? { sum > largest ? nil : (sum + 6) % 7 }
}
