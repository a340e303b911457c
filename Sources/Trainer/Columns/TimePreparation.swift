import Base
import Datasets
import Network
import Tensors

extension TablePreparation {
    /// A time of day `14:35:00`, by Keras' layers alone: the minute of the day as a place on a circle, or the hour, on a circle or as
    /// one column for each.
    static func timeOfDay(
        _ column: TableColumn, _ input: Int, _ rows: [Int], _ graph: inout PreparationGraph
    ) throws(CellarError) -> [Int] {
        let name = column.name
        if let part = column.recipe.parts?.first(where: { $0 != .hour }) {
            throw CellarError(
                .badData, "columns: \(name): a time of day has no \(part.rawValue).",
                remedy: "Its only part is hour; without parts it is the minute of the day.")
        }
        let isMinute = column.recipe.parts == nil && column.recipe.isCyclic
        let total = isMinute ? 1440 : 24
        let characters = 8
        let signs = graph.digits(input, characters: characters, name)
        // For each sign its value as a digit, and whether it is no sign: a missing time has none. A colon counts as 0.
        let table = [Float(0), 1, 0, 0] + (0..<10).flatMap { digit -> [Float] in [Float(digit), 0] }
        let digits = graph.add(
            Embedding(inputSize: 12, outputSize: 2), name + "_digits", [signs],
            constants: [Tensor(shape: [12, 2], values: table)])
        var kernel = [Float](repeating: 0, count: characters * 2)
        let weights: [(place: Int, weight: Float)] =
            isMinute ? [(0, 600), (1, 60), (3, 10), (4, 1)] : [(0, 10), (1, 1)]
        for (place, weight) in weights { kernel[2 * place] = weight }
        // Behind all times stands the missing one.
        kernel[1] = Float(total)
        let place = try graph.weighted(digits, by: kernel, places: characters, name + "_time")

        let parts = (0...total).map {
            roundRow($0 < total ? $0 : nil, of: total, isCyclic: column.recipe.isCyclic)
        }
        var made = [try graph.lookedUp(place, in: parts, name + "_time_parts")]
        if column.recipe.indicator ?? rows.contains(where: { column.texts[$0].isEmpty }) {
            let flags = (0...total).map { [Float($0 == total ? 1 : 0)] }
            made.append(try graph.lookedUp(place, in: flags, name + "_missing"))
        }
        return made
    }
}
