import Base
import Foundation
import KerasFile
import Network
import TestSupport
import Tensors
import Testing

@testable import Trainer

private struct ScalerCase: Decodable {
    let columns: [[Double]]
    let scale: [Double]
    let transformed: [[Double]]
    /// How far rounding to float32 moves the values, in deviations.
    let lost: [Double]
}

private func prepare(_ columns: [[Double]], _ steps: [DataRecipe.Preprocessing] = [.standardScaler]) throws
    -> [any Layer]
{
    try Preparation(
        steps, columns: columns, rows: Array(columns[0].indices), features: [], file: "table.csv"
    ).layers
}

/// What the layers make of the columns: one array per column.
private func outputs(_ layers: [any Layer], _ columns: [[Double]]) throws -> [[Float]] {
    var layers = layers
    for index in layers.indices { layers[index].name = "layer_\(index)" }
    let model = try Model(chain: [InputLayer(name: "input", shape: [columns.count])] + layers)
    let predictor = try Predictor(model, batchSize: 4, threads: 1)
    let rows = columns[0].indices.flatMap { row in columns.map { Float($0[row]) } }
    let found = try predictor.predict([Samples(shape: [columns.count], floats: rows)])[0].values
    return columns.indices.map { column in
        stride(from: column, to: found.count, by: columns.count).map { found[$0] }
    }
}

private func failure(_ body: () throws -> Void) -> CellarError? {
    do { try body() } catch { return error as? CellarError }
    return nil
}

@Test("the layers standardize as scikit-learn does, or the column is refused")
func standardizedInFloat32() throws {
    let cases = try randomCases("scaler.json", as: ScalerCase.self)
    #expect(cases.count >= 300)
    var prepared = 0
    for (index, each) in cases.enumerated() {
        let layers: [any Layer]
        do { layers = try prepare(each.columns) } catch {
            // Refused only where float32 loses more than a five-hundredth of a deviation.
            #expect(each.lost.contains { !($0 < 1.0 / 512) }, "case \(index): \(error)")
            continue
        }
        prepared += 1
        for (column, found) in try outputs(layers, each.columns).enumerated() {
            // The value, the mean and the difference are rounded to float32.
            let size = each.columns[column].map(abs).max() ?? 0
            let rounding = 3 * size * 0x1p-24 / each.scale[column]
            for (mine, wanted) in zip(found, each.transformed[column]) {
                #expect(
                    abs(Double(mine) - wanted) <= rounding + 1e-6 * max(1, abs(wanted)),
                    "case \(index), column \(column): \(mine) instead of \(wanted)")
            }
        }
    }
    #expect(prepared > cases.count / 4)
}

@Test("Keras computes the same from raw float64 values, also for columns of tiny and huge spread")
func standardizedByKeras() throws {
    struct Golden: Decodable {
        let columns: [[Double]]
        let factors: [Double]
        let outputs: [[Float]]
    }
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/scaling.json")
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    let layers = try prepare(golden.columns)
    #expect((layers.first as? Rescaling)?.scale.values == golden.factors)
    for (found, wanted) in zip(try outputs(layers, golden.columns), golden.outputs) {
        // The same operations in float32; Keras' square root may round differently.
        for (a, b) in zip(found, wanted) { #expect(abs(a - b) <= 1e-6 * max(1, abs(b))) }
    }
}

@Test("a column that float32 cannot hold is refused with its name and with what to do")
func largeOffset() throws {
    let column = (0..<20).map { 1e9 + Double($0 % 7) }
    let error = try #require(failure { _ = try prepare([column.map { $0 - 1e9 }, column]) })
    #expect(error.place.column == "1" && error.place.file == "table.csv")
    #expect(error.remedy?.contains("Subtract 1000000002.8") == true, "\(error)")
    // Whole numbers below 2²⁴ are exact in float32 at any offset.
    _ = try prepare([column.map { $0 - 1e9 + 16_000_000 }])
}

@Test("a scaler behind another step is fitted to what that step gives")
func scalerBehindRescaling() throws {
    let columns = [[1.0, 2, 3, 6], [10, 20, 40, 30]]
    let alone = try outputs(prepare(columns), columns)
    let behind = try outputs(
        prepare(columns, [.rescaling(scale: 0.25, offset: 3), .standardScaler]), columns)
    for (a, b) in zip(alone.joined(), behind.joined()) { #expect(abs(a - b) < 1e-6) }
}
