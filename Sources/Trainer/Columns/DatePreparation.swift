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
        let digits = graph.add(
            TextVectorization(
                characters: (0...9).map { "\($0)" }, length: characters, name: ""), name + "_characters",
            [input])
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
            let conv = try LayerTable.make(
                className: "Conv1D",
                config: ["filters": 1, "kernel_size": .array([.integer(characters)]), "use_bias": false])
            let found = graph.add(
                conv, "\(name)_\(what)_digits", [numbers],
                constants: [Tensor(shape: [characters, 1, 1], values: kernel)])
            let sum = try graph.reshaped(found, to: [1], "\(name)_\(what)")
            made[what] = sum
            return sum
        }
        func year() throws(CellarError) -> Int { try part([0, 1, 2, 3], "year") }
        func month() throws(CellarError) -> Int { try part([5, 6], "month") }
        func day() throws(CellarError) -> Int { try part([8, 9], "day") }
        let dates = rows.compactMap { row -> DateText? in DateText(column.texts[row], order: .yearFirst) }
        let wanted = column.recipe.parts ?? defaultParts(dates)
        var parts: [Int] = []
        /// A number from `first` on, standardized by a table. Its first row is of missing dates.
        func number(_ call: Int, _ what: String, _ values: [Int], first: Int, count: Int) throws(CellarError)
        {
            let scaler = StandardScaler(fitting: [values.map { Double($0) }], rows: Array(values.indices))
            let table = (0..<count).map { index -> [Float] in
                index == 0 ? [0] : [Float((Double(first + index) - scaler.mean[0]) / scaler.scale[0])]
            }
            parts.append(try graph.lookedUp(call, in: table, "\(name)_\(what)_scaled"))
        }
        /// A part that goes round: two numbers on a circle, or one column for each value. Row 0 may be of missing dates.
        func round(_ call: Int, _ what: String, _ size: Int, of total: Int, _ place: (Int) -> Int?)
            throws(CellarError)
        {
            let table = (0..<size).map { index -> [Float] in
                guard let place = place(index) else {
                    return [Float](repeating: 0, count: column.recipe.isCyclic ? 2 : total)
                }
                if column.recipe.isCyclic {
                    let angle = 2 * Double.pi * Double(place) / Double(total)
                    return [Float(sin(angle)), Float(cos(angle))]
                }
                return (0..<total).map { $0 == place ? 1 : 0 }
            }
            parts.append(try graph.lookedUp(call, in: table, "\(name)_\(what)_parts"))
        }
        for one in wanted {
            switch one {
            case .year:
                try number(
                    clippedYear(year(), name, &graph), "year", dates.map(\.year),
                    first: Weekday.firstYear,
                    count: Weekday.years)
            case .month: try round(month(), "month", 13, of: 12) { $0 == 0 ? nil : $0 - 1 }
            case .day: try number(day(), "day", dates.map(\.day), first: 0, count: 32)
            case .hour: try round(try part([11, 12], "hour"), "hour", 24, of: 24) { $0 }
            case .weekday:
                let index = try weekday(year(), month(), day(), name, &graph)
                try round(index, "weekday", Weekday.tableSize, of: 7) { Weekday.ofSum($0) }
            }
        }
        if column.recipe.indicator ?? (dates.count < rows.count) {
            parts.append(
                try graph.lookedUp(
                    month(), in: (0...12).map { [$0 == 0 ? 1 : 0] }, name + "_missing"))
        }
        return parts
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

    /// Returns the number of a year in tables of years. Years out of them count as the first or last.
    private static func clippedYear(
        _ year: Int, _ name: String, _ graph: inout PreparationGraph
    ) throws(CellarError) -> Int {
        let since = graph.add(
            try graph.rescaling(scale: 1.0, offset: .number(-Double(Weekday.firstYear))), name + "_years",
            [year])
        return graph.add(
            try LayerTable.make(
                className: "ReLU", config: ["max_value": .number(Double(Weekday.years - 1))]),
            name + "_years_clipped",
            [since])
    }

    /// Adds tables' numbers up to an index of which `Weekday.ofSum` is the day of the week.
    private static func weekday(
        _ year: Int, _ month: Int, _ day: Int, _ name: String, _ graph: inout PreparationGraph
    ) throws(CellarError) -> Int {
        let clipped = try clippedYear(year, name, &graph)
        let first = try graph.lookedUp(
            clipped, in: (0..<Weekday.years).map { [Float(Weekday.ofNewYear(Weekday.firstYear + $0))] },
            name + "_new_year")
        let leap = try graph.lookedUp(
            clipped, in: (0..<Weekday.years).map { [Weekday.isLeap(Weekday.firstYear + $0) ? 13 : 0] },
            name + "_leap")
        let monthOfYear = graph.add(Add(), name + "_month_of_year", [month, leap])
        let before = try graph.lookedUp(
            monthOfYear, in: (0..<26).map { [Float(Weekday.daysBefore($0 % 13, leap: $0 >= 13) % 7)] },
            name + "_days_before")
        let sum = graph.add(Add(), name + "_weekday_sum", [first, before, day])
        // A missing date has month 0 and day 0: its sum is that of its year alone.
        return sum
    }
}

/// The day of the week, 0 for Monday, from sums of tables' numbers.
private enum Weekday {
    /// 400 years have whole weeks.
    static let (firstYear, years) = (1800, 400)
    /// The largest sum: 6 for the year, 6 for the month, 31 for the day.
    static let tableSize = 44

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// The day of the week of January 1.
    static func ofNewYear(_ year: Int) -> Int {
        let y = year - 1
        return (y * 365 + y / 4 - y / 100 + y / 400) % 7
    }

    static func daysBefore(_ month: Int, leap: Bool) -> Int {
        let days = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        return days[month] + (leap && month > 2 ? 1 : 0)
    }

    static func ofSum(_ sum: Int) -> Int? { (sum + 6) % 7 }
}
