import Base
import Datasets
import Tensors

/// The columns that several models need, without duplicates, and each model's positions among them.
struct TableInputs {
    /// Columns that the scanner reads as numbers, and columns whose text is read.
    private(set) var numbers: [String] = []
    private(set) var texts: [String] = []
    /// True if a missing number is read as NaN.
    let missingAsNaN: Bool
    private let models: [ModelPlan]
    private let inputs: [InputColumns]

    private enum Place {
        case number(Int)
        case text(Int)
    }

    private enum ModelPlan {
        /// One input of numbers, at these positions; nil if they are all numbers in order.
        case numbers(count: Int, places: [Int]?)
        /// An input for each column.
        case columns([Place])
    }

    init(of models: [LoadedModel]) throws(CellarError) {
        let inputs = try models.map { (model) throws(CellarError) in try InputColumns(of: model) }
        self.inputs = inputs
        // A column is read as a text if any model takes its text, or its numbers are not written as usual.
        var areTexts: Set<String> = []
        for input in inputs {
            for (name, isText) in zip(input.names, input.isText)
            where isText || !input.dialect.hasPlainNumbers(in: name) { areTexts.insert(name.lowercased()) }
        }
        missingAsNaN = inputs.contains(where: \.isSeparate)
        var (numbers, texts) = ([String](), [String]())
        var places: [[Place]] = []
        for input in inputs {
            var (knownNumbers, knownTexts) = (NamePositions(numbers), NamePositions(texts))
            places.append(
                input.names.map { name in
                    if areTexts.contains(name.lowercased()) {
                        if let place = knownTexts.position(of: name) { return .text(place) }
                        texts.append(name)
                        return .text(texts.count - 1)
                    }
                    if let place = knownNumbers.position(of: name) { return .number(place) }
                    numbers.append(name)
                    return .number(numbers.count - 1)
                })
        }
        (self.numbers, self.texts) = (numbers, texts)
        self.models = zip(inputs, places).map { input, places in
            let positions = places.compactMap { place -> Int? in
                if case .number(let position) = place { position } else { nil }
            }
            guard !input.isSeparate, positions.count == places.count else { return .columns(places) }
            return .numbers(
                count: positions.count, places: positions == Array(numbers.indices) ? nil : positions)
        }
    }

    /// Returns the samples of some of a chunk's rows for a model. All number columns come first in the chunk.
    func samples(of chunk: CSVChunk, model: Int, rows: [Int]? = nil) throws(FieldFault) -> [Samples] {
        switch models[model] {
        case .numbers(let count, let places):
            let all = rows ?? []
            let numbers: [Float] =
                if let places {
                    gather(chunk, places, rows)
                } else if rows == nil || all.count == chunk.count, chunk.columns == count {
                    Array(chunk.numbers.prefix(chunk.count * chunk.columns))
                } else {
                    gather(chunk, Array(0..<count), rows)
                }
            if missingAsNaN, let index = numbers.firstIndex(where: \.isNaN) {
                let column = inputs[model].names[index % count]
                let fault = InputRule(takesMissing: false)
                    .fault(.nan, row: row(index / count, rows), column: column)
                if let fault { throw fault }
            }
            return [Samples(shape: [count], floats: numbers)]
        case .columns(let places): return try columns(chunk, places, inputs[model], rows)
        }
    }

    private func row(_ index: Int, _ rows: [Int]?) -> Int { rows?[index] ?? index }

    private func columns(
        _ chunk: CSVChunk, _ places: [Place], _ input: InputColumns, _ rows: [Int]?
    ) throws(FieldFault) -> [Samples] {
        var samples: [Samples] = []
        // Nil for all rows.
        let chosen = rows?.count == chunk.count ? nil : rows
        do throws(FieldFault) {
            for (index, place) in places.enumerated() {
                let name = input.names[index]
                switch place {
                case .number(let column):
                    let numbers = gather(chunk, [column], chosen)
                    try input.rules[index].check(numbers, column: name)
                    samples.append(Samples(shape: [1], floats: numbers))
                case .text(let column):
                    let fields = chunk.texts(column: column, rows: chosen)
                    if input.isText[index] {
                        samples.append(Samples(texts: try input.texts(fields, index)))
                    } else {
                        samples.append(try input.numbers(fields, index))
                    }
                }
            }
        } catch {
            var fault = error
            fault.row = row(fault.row, chosen)
            throw fault
        }
        return input.isSeparate ? samples : [input.joined(samples)]
    }

    /// Returns the first value in samples of a chunk's rows that a model refuses as unknown.
    func unknownValue(in samples: [Samples], model: Int, rows: [Int]? = nil) -> FieldFault? {
        guard var fault = inputs[model].unknownValue(in: samples) else { return nil }
        fault.row = row(fault.row, rows)
        return fault
    }

    private func gather(_ chunk: CSVChunk, _ places: [Int], _ rows: [Int]?) -> [Float] {
        let (all, columns) = (chunk.numbers.span, chunk.columns)
        let count = rows?.count ?? chunk.count
        var numbers: [Float] = []
        numbers.reserveCapacity(count * places.count)
        if rows == nil, places.count == 1 {
            for row in 0..<count { numbers.append(all[row * columns + places[0]]) }
            return numbers
        }
        for index in 0..<count {
            let row = row(index, rows)
            for place in places { numbers.append(all[row * columns + place]) }
        }
        return numbers
    }
}
