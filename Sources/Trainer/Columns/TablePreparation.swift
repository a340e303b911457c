import Base
import Datasets
import Glibc
import Network
import Tensors

/// The preparation of a table's columns as a graph of Keras' layers, from one input for each column to one vector.
public struct TablePreparation: Sendable {
    let columns: [TableColumn]
    private let graph: PreparationGraph
    private let output: Int
    /// The scaling of the target; nil if it is not scaled.
    let target: ScaledTarget?

    /// The names of the columns, in the order of the model's inputs.
    public var names: [String] { columns.map(\.name) }

    /// - rows: The training rows, whose values decide.
    /// - kept: The rows of all parts; nil for all of the table.
    init(
        _ columns: [TableColumn], rows: [Int], kept: [Int]?, target: ScaledTarget?, taken: Set<String>,
        file: String
    ) throws(CellarError) {
        var graph = PreparationGraph(taken: taken)
        self.target = target
        let inputs = columns.map { graph.input($0.name, isText: $0.isText) }
        var parts: [Int] = []
        let pairs = Array(zip(columns, inputs))
        func isNumber(_ column: TableColumn) -> Bool {
            !column.isText && (column.kind == .number || column.kind == .boolean)
        }
        for logarithmic in [false, true] {
            let group = pairs.filter { isNumber($0.0) && $0.0.recipe.isLogarithmic == logarithmic }
            if group.isEmpty { continue }
            parts += try Self.numbers(group, rows, logarithmic, &graph, file)
        }
        for (column, input) in pairs where !isNumber(column) {
            switch column.kind {
            case .boolean:
                if let pair = column.yesNo {
                    parts.append(try Self.yesNo(column, pair, input, rows, &graph))
                }
            case .category:
                let used = kept ?? Array(0..<column.count)
                parts.append(try Self.category(column, input, rows, used, &graph, file))
            case .date where column.order == .timeOfDay:
                parts += try Self.timeOfDay(column, input, rows, &graph)
            case .date: parts += try Self.date(column, input, rows, &graph)
            case .text: parts.append(try Self.text(column, input, rows, &graph))
            case .number, .ignore: break
            }
        }
        output = graph.concatenated("prepared", parts)
        self.graph = graph
        var kept = columns
        for index in kept.indices { kept[index].release() }
        self.columns = kept
    }

    /// Makes the model: the preparation, the layers of the recipe, and the layer that scales a target back.
    func network(_ body: [any Layer]) throws(CellarError) -> Model {
        var (layers, calls) = (graph.layers, graph.calls)
        var last = output
        var behind = body
        if let target {
            behind.append(
                try LayerTable.make(
                    className: "Rescaling",
                    config: [
                        "name": .string(Self.targetName), "scale": .number(target.scale),
                        "offset": .number(target.offset),
                    ]))
        }
        for layer in behind {
            layers.append(layer)
            calls.append(Model.Call(layer: layers.count - 1, inputs: [last]))
            last = calls.count - 1
        }
        // Keras reads an .h5's weights in the order in which it puts the layers itself.
        let order = TablePreparation.kerasOrder(calls, output: last)
        var numbers = calls.map { _ in 0 }
        for (number, call) in order.enumerated() { numbers[call] = number }
        let model = try Model(
            name: "model", form: .functional, layers: order.map { layers[$0] },
            calls: order.map { call in
                Model.Call(layer: numbers[call], inputs: calls[call].inputs.map { numbers[$0] })
            }, inputs: graph.inputs.map { numbers[$0] }, outputs: [numbers[last]])
        try model.checkNames()
        return model
    }

    /// Returns the calls from the deepest to the output; calls of one depth are in the order in which they are reached from
    /// the output. Each call has a layer of its own.
    private static func kerasOrder(_ calls: [Model.Call], output: Int) -> [Int] {
        var depths = calls.map { _ in 0 }
        for call in calls.indices.reversed() {
            for input in calls[call].inputs { depths[input] = max(depths[input], depths[call] + 1) }
        }
        var reached = calls.map { _ in Int.max }
        var count = 0
        var next = [output]
        while let call = next.popLast() {
            if reached[call] < .max { continue }
            reached[call] = count
            count += 1
            next += calls[call].inputs.reversed()
        }
        return calls.indices.sorted { (-depths[$0], reached[$0]) < (-depths[$1], reached[$1]) }
    }

    /// Sets the weights of the preparation, which are not trained.
    func setConstants(_ model: inout Model) throws(CellarError) {
        for (layer, tensors) in graph.constants {
            let name = graph.layers[layer].name
            guard let place = model.layers.firstIndex(where: { $0.name == name }) else { continue }
            try model.setWeights(tensors, layer: place)
        }
    }

    /// The name of the layer that `network` adds for a scaled target, which no other layer may have.
    static let targetName = "target"
}

// MARK: Numbers

extension TablePreparation {
    private static func numbers(
        _ group: [(TableColumn, Int)], _ rows: [Int], _ logarithmic: Bool, _ graph: inout PreparationGraph,
        _ file: String
    ) throws(CellarError) -> [Int] {
        let name = logarithmic ? "logarithms" : "numbers"
        var columns = group.map(\.0.numbers)
        let isMissing = columns.map { column in rows.contains { column[$0].isNaN } }
        let fills = zip(group, columns).map { fill($0.0, $1, rows) }
        var call = graph.concatenated(name, group.map(\.1))
        var missing: Int?
        if isMissing.contains(true) || columns.contains(where: { $0.contains(where: \.isNaN) }) {
            (call, missing) = try graph.filled(call, with: fills, name)
        }
        for index in columns.indices {
            columns[index] = columns[index].map { $0.isNaN ? fills[index] : $0 }
        }
        if logarithmic {
            for (column, (described, _)) in zip(columns, group) {
                guard let row = column.firstIndex(where: { $0 <= -1 }) else { continue }
                throw CellarError(
                    .badData, file: file, row: row + 1, column: described.name,
                    expected: "numbers above -1, of which log1p is a number", found: "\(column[row])",
                    fix: "Use another scale for the column.")
            }
            call = graph.add(
                try LayerTable.makeOperation("Elementwise", ["function": "log1p"]), "log1p", [call])
            columns = columns.map { $0.map { log1p(Double(Float($0))) } }
        }
        let scalings = try zip(group, columns).map { (pair, column) throws(CellarError) in
            try scaling(pair.0, column, rows, file)
        }
        if scalings.contains(where: { $0.factor != 1 }) {
            call = graph.add(
                try graph.rescaling(scale: .array(scalings.map { .number($0.factor) }), offset: 0),
                name + "_sizes",
                [call])
        }
        if scalings.contains(where: { $0.mean != 0 || $0.variance != 1 }) {
            call = graph.add(
                Normalization(mean: scalings.map(\.mean), variance: scalings.map(\.variance)),
                name + "_scaled",
                [call])
        }
        var parts = [call]
        let flagged = group.indices.filter { group[$0].0.recipe.indicator ?? false }
        if !flagged.isEmpty {
            // The flags of these columns alone.
            let own = graph.concatenated(name + "_flagged", flagged.map { group[$0].1 })
            parts.append(
                try flagged.count == group.count && missing != nil
                    ? missing! : graph.missingFlags(own, name + "_flags"))
        }
        return parts
    }

    /// Returns what stands for a missing number.
    static func fill(_ column: TableColumn, _ numbers: [Double], _ rows: [Int]) -> Double {
        let present = rows.lazy.map { numbers[$0] }.filter { !$0.isNaN }
        if present.isEmpty { return 0 }
        switch column.recipe.impute ?? (column.kind == .boolean ? .mostFrequent : .mean) {
        case .constant(let number): return number
        case .mean: return present.reduce(0, +) / Double(present.count)
        case .median: return median(ofAscending: present.sorted()) ?? 0
        case .mostFrequent: return mostFrequent(present)
        }
    }

    /// The most frequent value, and of several the least, as in scikit-learn.
    private static func mostFrequent(_ numbers: some Sequence<Double>) -> Double {
        var counts: [Double: Int] = [:]
        for number in numbers { counts[number, default: 0] += 1 }
        return counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? 0
    }

    private static func scaling(
        _ column: TableColumn, _ numbers: [Double], _ rows: [Int], _ file: String
    ) throws(CellarError) -> ColumnScaling {
        var (mean, scale) = (0.0, 1.0)
        switch column.recipe.scale ?? (column.kind == .boolean ? .none : .standard) {
        case .none: return ColumnScaling.none
        case .standard:
            let scaler = StandardScaler(fitting: [numbers], rows: rows)
            let scaling = ColumnScaling(scaler.mean[0], scaler.variance[0], scaler.scale[0], numbers, rows)
            try scaling.check(numbers, rows, name: column.name, file: file)
            return scaling
        case .minmax:
            let values = rows.map { numbers[$0] }
            mean = values.min() ?? 0
            scale = (values.max() ?? 0) - mean
        case .robust:
            let sorted = rows.map { numbers[$0] }.sorted()
            mean = median(ofAscending: sorted) ?? 0
            scale = quantile(sorted, 0.75) - quantile(sorted, 0.25)
        }
        // As in scikit-learn, what cannot be scaled keeps its size.
        if scale < 10 * .ulpOfOne { scale = 1 }
        let scaling = ColumnScaling(mean, scale * scale, scale, numbers, rows)
        try scaling.check(numbers, rows, name: column.name, file: file)
        return scaling
    }
}
