import Base
import Testing

/// A small table as people have them, with what it is an example of.
struct MadeTable: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// The column to predict; nil lets `init` choose it.
    var target: String?
    /// Changes of the recipe that `init` writes.
    var changes: [String] = []
    /// Lines that the recipe must have.
    var expected: [String] = []
    var text: String
    /// The rows that have a target.
    var usable = 120

    /// Numbers that are the same in every run (Knuth's generator of MMIX).
    struct Random {
        private var state: UInt64
        init(_ seed: UInt64) { state = seed }

        mutating func next(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(below))
        }

        mutating func next<Value>(of values: [Value]) -> Value { values[next(values.count)] }
    }

    /// Rows of text, each made from its number.
    private static func rows(
        _ count: Int = 120, seed: UInt64, _ row: (inout Random, Int) -> String
    ) -> String {
        var random = Random(seed)
        return (0..<count).map { row(&random, $0) + "\n" }.joined()
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    static let all = [
        MadeTable(
            testDescription: "identifiers, gaps, words and yes or no in several cases",
            expected: [
                "target: Survived", "impute: median, indicator: true", "Member: boolean", "Id: ignore",
            ],
            text: "Id,Survived,Sex,Age,Fare,Port,Member\n"
                + rows(seed: 1) { random, row in
                    let age = random.next(5) == 0 ? "" : "\(random.next(80)).5"
                    let (sex, port) = (
                        random.next(of: ["male", "female"]), random.next(of: ["S", "C", "", "Q"])
                    )
                    return
                        "\(1000 + row),\(sex == "male" ? random.next(2) : 1),\(sex),\(age),\(random.next(900)).25,\(port),"
                        + random.next(of: ["Yes", "No", "yes", "NO"])
                }),
        MadeTable(
            testDescription: "times of day",
            target: "late",
            expected: [
                "begun: { kind: date, order: time }   # times of day", "ended: { kind: date, order: time }",
            ],
            text: "begun,ended,late\n"
                + rows(seed: 5) { random, row in
                    let hour = random.next(24)
                    return
                        "\(hour):\(two(random.next(60))),\(two((hour + 1) % 24)):\(two(random.next(60))):\(two(random.next(60))),\(hour > 17 ? "yes" : "no")"
                }),
        MadeTable(
            testDescription: "German: decimal commas, points between thousands, days before months",
            target: "Preis",
            expected: [
                "decimal: \",\"", "thousands: \".\"", "Datum: { kind: date, order: day_first }",
                "scale_target: true",
            ],
            text: "Datum;Fläche;Ort;Preis\n"
                + rows(seed: 2) { random, row in
                    let area = 20 + random.next(150)
                    return
                        "\(two(1 + random.next(12))).\(two(1 + random.next(12))).20\(two(10 + random.next(9)));\(area),\(random.next(10));"
                        + "\(random.next(of: ["Köln", "Bonn", "Ulm"]));\(area / 20).\(100 + random.next(900)),\(random.next(10))0"
                }),
        MadeTable(
            testDescription: "a number to predict that some rows lack, and repeated rows",
            target: "rent", expected: ["missing_target: drop", "group: duplicates", "scale_target: true"],
            text: "rooms,heating,rent\n"
                + rows(seed: 3) { random, row in
                    let rooms = 1 + random.next(6)
                    return
                        "\(rooms),\(random.next(of: ["gas", "oil", "wood", ""])),\(row % 6 == 1 ? "" : "\(rooms * 2000 + random.next(700))")"
                }, usable: 100),
        MadeTable(
            testDescription: "a class to predict that some rows lack, in a column of another case",
            target: "y", changes: ["data.target=Y", "data.split.stratify=true"],
            expected: ["missing_target: drop"],
            text: "a,b,y\n"
                + rows(seed: 4) { random, row in
                    let (a, b) = (random.next(100), random.next(100))
                    return "0.\(a),\(b),\(row % 8 == 3 ? "NA" : a > b ? "p" : random.next(of: ["q", "r"]))"
                }, usable: 105),
        MadeTable(
            testDescription: "blanks around values, question marks, labels with signs",
            expected: ["target: income", "missing: [\"?\"]"],
            text: "age, workclass, hours, income\n"
                + rows(seed: 5) { random, row in
                    let hours = 20 + random.next(40)
                    return
                        "\(18 + random.next(60)), \(random.next(of: ["Private", "State-gov", "?", "Self-emp"])), \(hours), "
                        + (hours > 35 + random.next(10) ? ">50K" : "<=50K")
                }),
        MadeTable(
            testDescription: "money, percent, True and False with gaps, months without an order",
            target: "grade",
            expected: [
                "amount: { kind: number, unit: \"$\" }", "rate: { kind: number, unit: \"%\" }",
                "thousands: \",\"", "active: { kind: boolean, indicator: true }",
                "joined: { kind: date, order: month_first }",
            ],
            text: "amount,rate,active,joined,grade\n"
                + rows(seed: 6) { random, row in
                    let large = random.next(2) == 0
                    let amount =
                        large
                        ? "\"$\(1 + random.next(9)),\(100 + random.next(900)).50\""
                        : "$\(10 + random.next(80)).25"
                    return
                        "\(amount),\(random.next(90)).\(random.next(10))%,\(random.next(of: ["True", "False", ""])),"
                        + "\(1 + random.next(12))/\(1 + random.next(12))/20\(two(10 + random.next(9))),"
                        + (large ? "high" : random.next(of: ["low", "middle"]))
                }),
        MadeTable(
            testDescription: "lines before the table, a category of whole numbers with gaps",
            target: "sold", changes: ["data.columns.zip={kind: category, rare: 3}"],
            expected: ["skip_lines: 2"],
            text: "Report of sales\nmade by hand\nzip,size,sold\n"
                + rows(seed: 7) { random, row in
                    let size = 30 + random.next(90)
                    let zip =
                        random.next(9) == 0 ? "" : "\(random.next(of: [10115, 20095, 50667, 80331, 99084]))"
                    return "\(zip),\(size),\(size > 60 + random.next(30) ? "yes" : "no")"
                }),
        MadeTable(
            testDescription: "texts alone", target: "label",
            expected: ["review: text"],
            text: "review,label\n"
                + rows(seed: 8) { random, row in
                    let good = random.next(2) == 0
                    let words = (0..<6).map { _ in
                        random.next(of: [
                            "the", "film", "is", "very", good ? "great" : "awful", "\(random.next(50))",
                        ])
                    }
                    return "\"\(words.joined(separator: " ")), no \(row)\",\(good ? "good" : "bad")"
                }),
        MadeTable(
            testDescription: "one column of numbers with gaps, without names", target: "1",
            expected: ["header: false"],
            text: rows(seed: 9) { random, row in
                let x = random.next(1000)
                return "\(random.next(7) == 0 ? "" : "\(x).5"),\(x > 300 + random.next(400) ? "on" : "off")"
            }),
    ]
}
