import Base
import Foundation
import TestSupport
import Testing
import Trainer

/// Writes a table of 24 rows with columns of all kinds, of which each lacks values, and a target.
private func writeTable(columns: Int, _ path: String) throws {
    let names = (0..<columns).map { "c\($0)" } + ["target"]
    let rows = (0..<24).map { row in
        let fields = (0..<columns).map { column -> String in
            if (row + column) % 8 == 0 { return "" }
            let number = row * (column + 7) % 41
            switch column % 6 {
            case 0: return "\(number).5"
            case 1: return "$\(number).25"
            case 2: return number % 2 == 0 ? "red" : "blue"
            case 3: return number % 2 == 0 ? "yes" : "no"
            case 4: return "\(10 + number % 18)/03/20\(10 + number % 9)"
            default: return "\(number % 3)"
            }
        }
        return (fields + ["\(row % 2)"]).joined(separator: ",")
    }
    let text = ([names.joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}

@Test("a recipe that init writes for 10,000 columns of all kinds is read")
func wideRecipe() throws {
    let options = [
        "{ kind: number, impute: median, indicator: true }",
        "{ kind: number, unit: \"$\", form: accounting, decimal: \",\", thousands: \".\", impute: median, indicator: true }",
        "{ kind: category, rare: 2 }", "{ kind: boolean, indicator: true }",
        "{ kind: date, order: day_first }",
    ]
    let columns = (0..<10_000).map {
        "    a column with a name \($0): \(options[$0 % options.count])   # numbers\n"
    }
    let text =
        "data:\n  csv: t.csv\n  target: y\n  columns:\n" + columns.joined()
            + """
            model: [{ Dense: { units: 1, activation: sigmoid } }]
            compile: { optimizer: sgd, loss: binary_crossentropy }
            fit: { epochs: 1 }

            """
    #expect(throws: Never.self) { _ = try Recipe(text: text, file: "t.yaml") }
}

@Test("the time for a table grows with its columns, not with their square")
func wideTables() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.csv"
        func seconds(_ columns: Int) throws -> Double {
            try writeTable(columns: columns, path)
            let start = threadSeconds()
            let recipe = try TableSurvey(path: path, target: "target").recipe(name: "t")
            let data = try PreparedData(Recipe(text: recipe, file: folder.path + "/t.yaml"))
            #expect(data.features.count > columns / 2)
            return threadSeconds() - start
        }
        _ = try seconds(100)
        let (narrow, wide) = (try seconds(300), try seconds(2_400))
        // Eight times as many: 64 times as long if it were their square.
        #expect(wide < 20 * narrow, "\(narrow) s, \(wide) s")
    }
}

/// The processor time of this thread, on which other tests do not count.
private func threadSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
