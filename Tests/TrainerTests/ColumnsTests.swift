import Base
import Foundation
import Network
import Tensors
import TestSupport
import Testing

@testable import Trainer

/// Prepares a table, or several as one, with a recipe's keys below `data`.
private func prepare(
    _ tables: String..., keys: String, target: String = "y",
    loss: String = "sparse_categorical_crossentropy"
) throws -> PreparedData {
    try Fixtures.temporaryFolder { folder in
        var paths: [String] = []
        for (number, table) in tables.enumerated() {
            paths.append(folder.path + "/t\(number).csv")
            try Data(table.utf8).write(to: URL(fileURLWithPath: paths[number]))
        }
        let model =
            loss.hasPrefix("sparse")
            ? "{ Dense: { units: 2, activation: softmax } }" : "{ Dense: { units: 1 } }"
        let text = """
            data:
              csv: [\(paths.joined(separator: ", "))]
              target: \(target)
            \(keys.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
            model: [\(model)]
            compile: { optimizer: sgd, loss: \(loss) }
            fit: { epochs: 1, seed: 1 }
            """
        return try PreparedData(Recipe(text: text, file: "tiny.yaml"))
    }
}

/// The numbers before the recipe's layers.
private func prepared(_ data: PreparedData) throws -> [[Float]] {
    var model = try #require(data.preparation).network([])
    try data.preparation?.setConstants(&model)
    let found = try Predictor(model, batchSize: 1).predict(data.train.inputs)[0]
    let width = found.shape[1]
    return (0..<found.shape[0]).map { Array(found.values[$0 * width..<($0 + 1) * width]) }
}

private func error(_ body: () throws -> Void) -> CellarError? {
    do { try body() } catch { return CellarError(error) }
    return nil
}

@Test("a column is meant whatever the case of its name in the recipe", arguments: ["columns: auto", ""])
func namesInOtherCases(_ keys: String) throws {
    let table = "age,fare,Weight,y\n1,2,1,0\n2,3,2,1\n3,1,1,0\n"
    let data = try prepare(table, keys: keys + "\nsample_weight: WEIGHT", target: "Y")
    #expect(data.features == ["age", "fare"] && data.targets == ["y"])
    #expect(data.train.weights == [1, 2, 1])
    let chosen = try prepare(table, keys: keys + "\nfeatures: [AGE, y]", target: "weight")
    #expect(chosen.features == ["age", "y"])

    #expect(error { _ = try prepare(table, keys: keys, target: "z") }?.place.column == "z")
    #expect(
        error { _ = try prepare(table, keys: keys + "\nfeatures: [age, FARE, fare]") }?.message
            == "a feature is named twice.")
    #expect(
        error { _ = try prepare(table, keys: keys + "\nfeatures: [age, Y]") }?.message
            == "the column cannot be the target and a feature at once.")
    #expect(error { _ = try prepare(table, keys: keys + "\nsample_weight: Y") }?.place.column == "y")
}

@Test("columns that the recipe names without use are refused")
func columnsWithoutUse() {
    let table = "age,fare,y\n1,2,0\n2,3,1\n3,1,0\n"
    for keys in [
        "columns: { y: number }", "columns: { AGE: number, age: number }",
        "features: [age]\ncolumns: { fare: number }", "columns: { none: number }",
    ] { #expect(error { _ = try prepare(table, keys: keys) }?.category == .badData, "\(keys)") }
    #expect(error { _ = try prepare(table, keys: "columns: { y: ignore }") } == nil)
}

@Test("options that would have no effect are refused")
func optionsWithoutEffect() throws {
    let table =
        "n,c,b,d,y\n"
        + (0..<20).map { "\($0).5,\($0 % 3)a,\($0 % 2),2024-01-0\(1 + $0 % 9),\($0 % 2)\n" }.joined()
    for entry in [
        "n: { scale: [log1p, minmax, robust] }", "n: { scale: [standard, log1p] }",
        "n: { scale: [standard, none] }",
        "c: { encode: one_hot, dimension: 4 }", "c: { encode: embedding, unknown: bucket }",
        "c: { rare: 3, unknown: error }", "c: { impute: mean }",
        // Without a kind, the guessed one counts.
        "n: { rare: 3 }", "c: { scale: minmax }", "d: { max_tokens: 7 }",
        "d: { parts: [] }", "d: { parts: [year, year] }", "d: { parts: [year], cyclic: false }",
        "n: boolean",
    ] {
        let found = error { _ = try prepare(table, keys: "columns: { \(entry) }") }
        #expect(found?.category == .badData, "\(entry): \(found?.description ?? "accepted")")
    }
    for entry in [
        "n: { scale: [log1p, minmax] }", "c: { dimension: 4 }", "c: { encode: one_hot, unknown: bucket }",
        "b: boolean", "d: { cyclic: false }",
    ] { #expect(throws: Never.self) { try prepare(table, keys: "columns: { \(entry) }") } }
    let data = try prepare(table, keys: "columns: { others: ignore, c: { dimension: 4 } }")
    #expect(try data.preparation?.network([]).outputShapes == [[4]])
    let number = error { _ = try prepare("b,y\n0,0\n5000,1\n1,0\n", keys: "columns: { b: boolean }") }
    #expect(number?.place.row == 2 && number?.place.column == "b")
}

@Test(
    "yes and no may be written in several cases; a gap is the most frequent answer, with an indicator also a flag"
)
func yesAndNo() throws {
    let words = ["yes", "No", "YES", "", "no", "Yes"]
    let table = "b,y\n" + words.enumerated().map { "\($1),\($0 % 2)\n" }.joined()
    #expect(try prepared(prepare(table, keys: "columns: { b: boolean }")) == [[1], [0], [1], [1], [0], [1]])
    #expect(
        try prepared(prepare(table, keys: "columns: { b: { kind: boolean, impute: 0, indicator: true } }"))
            == [[1, 0], [0, 0], [1, 0], [0, 1], [0, 0], [1, 0]])
    // A guess keeps what a gap says.
    #expect(try prepared(prepare(table, keys: "columns: auto"))[3].reduce(0, +) == 1)
    #expect(try prepared(prepare(table, keys: "columns: auto"))[0].count == 6)
    let whole = "b,y\nyes,0\nno,1\nyes,0\n"
    let data = try prepare(whole, keys: "columns: auto")
    #expect(try prepared(data) == [[1], [0], [1]])
    let lookup = try #require(
        data.preparation?.network([]).layers.lazy.compactMap { $0 as? StringLookup }.first)
    #expect(lookup.takes(Array("YES".utf8)[...]) && lookup.takes(Array("No".utf8)[...]))
    #expect(!lookup.takes([]) && !lookup.takes(Array("maybe".utf8)[...]))
}

@Test("a time of day is the minute on a circle, or the hour; a missing one is 0 with a flag")
func timesOfDay() throws {
    let times = ["00:00", "6:00", "12:00:59", "", "18:00", "11:59 pm"]
    let table = "t,y\n" + times.enumerated().map { "\($1),\($0 % 2)\n" }.joined()
    let minutes = [0, 360, 720, nil, 1080, 1439]
    let found = try prepared(prepare(table, keys: "columns: auto"))
    for (row, minute) in zip(found, minutes) {
        let angle = 2 * Double.pi * Double(minute ?? 0) / 1440
        let wanted = minute == nil ? [0, 0, 1] : [sin(angle), cos(angle), 0]
        #expect(row.count == 3 && zip(row, wanted).allSatisfy { abs(Double($0) - $1) < 1e-6 }, "\(row)")
    }
    let hours = try prepared(
        prepare(table, keys: "columns: { t: { kind: date, order: time, parts: [hour], cyclic: false } }"))
    for (row, hour) in zip(hours, [0, 6, 12, 25, 18, 23]) {
        #expect(row.prefix(24).enumerated().allSatisfy { $1 == ($0 == hour ? 1 : 0) })
    }
    let year = error { _ = try prepare(table, keys: "columns: { t: { kind: date, parts: [year] } }") }
    #expect(year?.category == .badData && year?.message.contains("no year") == true)
    let late = error {
        _ = try prepare(table + "25:00,1\n", keys: "columns: { t: { kind: date, order: time } }")
    }
    #expect(late?.place.row == 7 && late?.place.column == "t")
}

@Test("an error in one of several files names that file and its row")
func rowsOfSeveralFiles() {
    let first = "n,d,w,y\n1,2024-01-02,1,0\n2,2024-01-03,1,1\n"
    for (second, column) in [
        ("n,d,w,y\n3,2024-01-02,1,0\nx,2024-01-03,1,1\n", "n"),
        ("n,d,w,y\n3,2024-01-02,1,0\n4,2024-31-31,1,1\n", "d"),
        ("n,d,w,y\n3,2024-01-02,1,0\n4,2024-01-03,-1,1\n", "w"),
        ("n,d,w,y\n3,2024-01-02,1,0\n4,2024-01-03,1,\n", "y"),
        ("n,d,w,y\n3,2024-01-02,1,0\n-1,2024-01-03,1,1\n", "n"),
    ] {
        let found = error {
            _ = try prepare(
                first, second,
                keys: "sample_weight: w\ncolumns: { n: { kind: number, scale: log1p }, d: date }")
        }
        #expect(
            found?.place.file?.hasSuffix("/t1.csv") == true && found?.place.row == 2
                && found?.place.column == column, "\(found?.description ?? "none")")
    }
}

@Test("a value out of the training rows is refused with its row where the recipe wants it")
func unknownInValidation() {
    let rows = (0..<10).map { "\($0 == 9 ? "rare" : "ab".map(String.init)[$0 % 2]),\($0 % 2)\n" }.joined()
    let found = error {
        _ = try prepare(
            "c,y\n" + rows,
            keys: "split: { test: 0.2, shuffle: false }\ncolumns: { c: { kind: category, unknown: error } }")
    }
    #expect(found?.place.row == 10 && found?.place.column == "c")
}

@Test("a column may be called others")
func columnCalledOthers() throws {
    let table = "others,a,y\n1,5,0\n2,6,1\n3,5,0\n"
    #expect(try prepare(table, keys: "columns: { others: number }").features == ["others", "a"])
    #expect(
        try prepare(table, keys: "columns: { others: { kind: ignore }, a: number }").features == ["a"])
    #expect(try prepare(table, keys: "columns: { others: ignore, a: number }").features == ["a"])
    #expect(
        error { _ = try prepare("b,a,y\n1,5,0\n2,6,1\n", keys: "columns: { others: number }") }?.place.column
            == "others")
}

/// Trains a table and returns the weights of its first Dense layer.
private func trained(_ keys: String, _ target: [Double], loss: String, optimizer: String) throws -> [Float] {
    try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.csv"
        let rows = target.enumerated().map { (row: Int, y: Double) -> String in
            "\(Double(row * 7 % 11) / 4),\(row * 5 % 13),\(y)\n"
        }.joined()
        try Data(("a,b,y\n" + rows).utf8).write(to: URL(fileURLWithPath: path))
        let recipe = try Recipe(
            text: """
                data: { csv: \(path), target: y, columns: auto\(keys) }
                model: [{ Dense: { units: 4, activation: tanh } }, { Dense: { units: 1 } }]
                compile: { optimizer: \(optimizer), loss: \(loss), metrics: [mean_absolute_error] }
                fit: { epochs: 20, batch_size: 8, seed: 3 }
                """, file: "tiny.yaml")
        let training = try Training(recipe, data: PreparedData(recipe))
        _ = try training.run()
        let dense = try #require(training.model.layers.firstIndex { $0 is Dense })
        return training.model.weights[dense].flatMap(\.values)
    }
}

@Test(
    "a scaled target trains as one of mean 0 and deviation 1 does",
    arguments: [
        ("mean_squared_error", "{ SGD: { learning_rate: 0.05 } }"), ("mean_absolute_error", "sgd"),
        ("huber", "{ SGD: { learning_rate: 0.05, momentum: 0.9 } }"), ("mean_squared_error", "adam"),
    ])
func scaledTarget(_ loss: String, _ optimizer: String) throws {
    let plain = (0..<40).map { (row: Int) -> Double in Double(row * 5 % 13 - row * 7 % 11) }
    let mean = plain.reduce(0, +) / 40
    let squares = plain.map { (number: Double) -> Double in (number - mean) * (number - mean) }
    let deviation = (squares.reduce(0, +) / 40).squareRoot()
    let scaled = plain.map { (number: Double) -> Double in (number - mean) / deviation }
    let expected = try trained("", scaled, loss: loss, optimizer: optimizer)
    // Prices: without a scaled target the loss becomes NaN.
    let found = try trained(
        ", scale_target: true", plain.map { $0 * 50_000 + 200_000 }, loss: loss, optimizer: optimizer)
    for (a, b): (Float, Float) in zip(found, expected) {
        #expect(abs(a - b) <= 2e-3 * max(1, abs(b)), "\(a), \(b)")
    }
}

@Test("a target is scaled for losses that measure distances only")
func scaledTargetRefused() {
    let refused = error {
        _ = try trained(", scale_target: true", (0..<40).map(Double.init), loss: "log_cosh", optimizer: "sgd")
    }
    #expect(refused?.remedy == "Remove scale_target.")
}

@Test("units of different sizes that are read as the same are warned of, and converted ones are said")
func mixedUnits() throws {
    let rows = (0..<40).map {
        "\($0 % 5 == 0 ? "\($0 + 1)00 m" : $0 == 7 ? "7" : "\($0) km"),$\($0),\($0 % 9 == 0 ? "\u{20ac}" : "$")\($0),\($0 % 2 == 0 ? "p" : "q")\n"
    }
    let table = "way,paid,both,y\n" + rows.joined()
    func units(_ keys: String) throws -> (confused: [String], notes: [String]) {
        try Fixtures.temporaryFolder { folder in
            let path = folder.path + "/t.csv"
            try Data(table.utf8).write(to: URL(fileURLWithPath: path))
            let recipe = try Recipe(
                text: """
                    data: { csv: \(path), target: y, \(keys) }
                    model: [{ Dense: { units: 1, activation: sigmoid } }]
                    compile: { optimizer: sgd, loss: binary_crossentropy }
                    fit: { epochs: 1, seed: 1 }
                    """, file: "tiny.yaml")
            var notes: [String] = []
            let data = try PreparedData(recipe) { notes = $0.units }
            let warnings = try Training(recipe, data: data).warnings
            #expect(
                data.confusedUnits.allSatisfy { unit in
                    warnings.contains { $0.hasPrefix(unit.column + ": its values are in ") }
                })
            return (data.confusedUnits.map { "\($0.column): \($0.units)" }, notes)
        }
    }
    let same = try units("columns: { way: { kind: number, unit: [km, m] }, others: ignore }")
    #expect(
        same.confused == ["way: its values are in km (31), m (8), which are read as if they were the same"])
    #expect(same.notes == ["way: in km: of 40 values 1 without a unit, taken as km"])
    let converted = try units("columns: { way: { kind: number, unit: km }, others: ignore }")
    #expect(converted.confused.isEmpty)
    #expect(converted.notes == ["way: in km: of 40 values 8 in m, converted, 1 without a unit, taken as km"])
    let removed = try units("units: true, columns: { paid: number, both: number, others: ignore }")
    #expect(
        removed.confused == [
            "both: its values are in $ (35), \u{20ac} (5), which are read as if they were the same"
        ])
    #expect(removed.notes.isEmpty, "\(removed.notes)")
    // Where units are named for all columns, each column has its own if it has one.
    let named = try units("units: [km, m], columns: { way: number, others: ignore }")
    #expect(named.confused.isEmpty && named.notes == converted.notes, "\(named)")
}
