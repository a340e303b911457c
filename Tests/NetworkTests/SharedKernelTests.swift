import Foundation
import Tensors
import Testing

@testable import Network

/// Threads that share a kernel: the answer must not depend on how many there are, nor on which of them comes late.
struct SharedKernelTests {
    private static func model(normalized: Bool, units: Int) throws -> Model {
        var layers: [any Layer] = [
            InputLayer(name: "input", shape: [12, 10]), Rescaling(scale: 1 / 255.0), Flatten(),
            Dense(units: units, activation: .relu),
        ]
        if normalized { layers.append(BatchNormalization()) }
        layers += [Dense(units: 50, activation: .relu), Dense(units: 7, activation: .softmax)]
        for index in layers.indices.dropFirst() { layers[index].name = "layer\(index)" }
        var model = try Model(chain: layers)
        try model.initialize(seed: 3)
        return model
    }

    /// Bytes of which about `share` are not zero.
    private static func samples(_ count: Int, share: Double) -> (Samples, Targets) {
        var random = RandomNumbers(seed: 5)
        let bytes = (0..<count * 120).map { _ in
            random.uniform() < share ? UInt8(1 + random.uniform() * 254) : 0
        }
        return (
            Samples(shape: [12, 10], bytes: bytes), .classes((0..<count).map { Int32($0 * 5 % 7) })
        )
    }

    private func trained(
        _ model: Model, _ optimizer: any Optimizer, _ data: (Samples, Targets), threads: Int
    ) throws -> ([Tensor], OptimizerState, Double) {
        let executor = try TrainingExecutor(
            model, loss: Loss(.sparseCategoricalCrossentropy), optimizer: optimizer, batchSize: 33,
            threads: threads)
        let rows = Array(0..<data.0.count)
        var loss = 0.0
        // Long enough for both ways of the trial, with a short last batch in each epoch.
        for _ in 0..<40 {
            for start in stride(from: 0, to: rows.count, by: 33) {
                let batch = rows[start..<min(start + 33, rows.count)]
                loss += executor.trainBatch([data.0], data.1, rows: batch).lossSum
            }
        }
        loss += executor.evaluate([data.0], data.1).lossSum
        return (executor.trainedNetwork.weights.flatMap { $0 }, executor.optimizerState, loss)
    }

    /// Says that they differ, not all of their numbers.
    private func expectSame<T: Equatable>(
        _ a: T, _ b: T, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let areSame = a == b
        #expect(areSame, Comment(rawValue: what), sourceLocation: sourceLocation)
    }

    @Test(
        "any number of threads trains to the same bits", arguments: [0.2, 0.9],
        [(false, 64), (true, 100), (false, 300)])
    func sameBits(share: Double, kind: (normalized: Bool, units: Int)) throws {
        let model = try Self.model(normalized: kind.normalized, units: kind.units)
        #expect(model.trainsAlikeOnThreads)
        let data = Self.samples(100, share: share)
        let optimizers: [any Optimizer] = [
            SGD(learningRate: 0.1), SGD(learningRate: 0.05, momentum: 0.9), Adam(), RMSprop(),
        ]
        for optimizer in optimizers {
            let one = try trained(model, optimizer, data, threads: 1)
            for threads in [2, 3] {
                let several = try trained(model, optimizer, data, threads: threads)
                expectSame(one.0, several.0, "\(optimizer.className), weights on \(threads) threads")
                expectSame(one.1, several.1, "\(optimizer.className), its state on \(threads) threads")
                expectSame(one.2, several.2, "\(optimizer.className), loss on \(threads) threads")
            }
        }
    }

    /// Layers behind the first one that go with its parts, and the one that adds them up.
    private static let ways: [(name: String, layers: [any Layer])] = [
        ("a sum right behind", [Dense(units: 50, activation: .relu)]),
        ("outputs right behind", []),
        (
            "normalized and dropped",
            [
                BatchNormalization(), ActivationLayer(.tanh), Dropout(rate: 0.3),
                Dense(units: 33, activation: .gelu),
            ]
        ),
        ("a sum without bias", [Dense(units: 20, activation: .elu, useBias: false)]),
    ]

    /// - whole: A layer that does nothing keeps the first one in one piece.
    private static func split(
        _ way: [any Layer], units: Int = 300, activation: Activation = .relu, whole: Bool = false
    ) throws -> Model {
        var layers: [any Layer] = [
            InputLayer(name: "input", shape: [12, 10]), Rescaling(scale: 1 / 255.0), Flatten(),
            Dense(units: units, activation: activation),
        ]
        if whole { layers.append(Reshape([units])) }
        layers += way + [Dense(units: 7, activation: .softmax)]
        for index in layers.indices.dropFirst() {
            layers[index].name = "\(type(of: layers[index]).className)\(layers.count - index)"
        }
        var model = try Model(chain: layers)
        try model.initialize(seed: 3)
        return model
    }

    @Test(
        "layers behind a kernel in parts give the same bits on any number of threads", arguments: ways.indices
    )
    func behindParts(index: Int) throws {
        let data = Self.samples(100, share: 0.3)
        for (units, parts) in [(300, 2), (640, 5)] {
            let model = try Self.split(Self.ways[index].layers, units: units, activation: .swish)
            let splits = model.columnSplits(threads: 1)
            #expect(splits.count == 1 && splits[0].columns.count == parts)
            #expect(splits[0].middle.count == max(Self.ways[index].layers.count - 1, 0))
            for optimizer in [SGD(learningRate: 0.1), Adam()] as [any Optimizer] {
                let one = try trained(model, optimizer, data, threads: 1)
                for threads in [2, 3] {
                    let several = try trained(model, optimizer, data, threads: threads)
                    expectSame(one.0, several.0, "\(optimizer.className), weights on \(threads) threads")
                    expectSame(one.1, several.1, "\(optimizer.className), its state on \(threads) threads")
                    expectSame(one.2, several.2, "\(optimizer.className), loss on \(threads) threads")
                }
            }
        }
    }

    @Test("parts compute what the layer does in one piece", arguments: ways.indices)
    func partsAsOnePiece(index: Int) throws {
        // Dropped numbers are drawn for each part.
        let way = Self.ways[index].layers.filter { !($0 is Dropout) }
        let parts = try Self.split(way)
        var whole = try Self.split(way, whole: true)
        #expect(!parts.columnSplits(threads: 1).isEmpty && whole.columnSplits(threads: 1).isEmpty)
        var weights = parts.weights
        weights.insert([], at: 4)
        for layer in weights.indices { try whole.setWeights(weights[layer], layer: layer) }
        let (samples, targets) = Self.samples(33, share: 0.3)
        let gradients = try [parts, whole].map {
            try TrainingExecutor(
                $0, loss: Loss(.sparseCategoricalCrossentropy), optimizer: SGD(), batchSize: 40
            ).gradients([samples], targets, rows: Array(0..<33)[...])
        }
        // The sum of 300 products rounds otherwise in two parts: by some units in the last place of 24 bits.
        #expect(abs(gradients[0].loss - gradients[1].loss) < 1e-6)
        for (part, all) in zip(gradients[0].tensors, gradients[1].tensors) {
            #expect(part.shape == all.shape)
            let largest = all.values.map(abs).max() ?? 0
            let off = zip(part.values, all.values).map { abs($0 - $1) }.max() ?? 0
            #expect(off <= 1e-5 * largest, "a gradient of shape \(part.shape)")
        }
    }

    @Test("networks that compute most elsewhere give each thread samples of its own")
    func others() throws {
        var output = Dense(units: 1)
        output.name = "output"
        var narrow = try Model(chain: [
            InputLayer(name: "input", shape: [11]), Dense(units: 30, activation: .relu), output,
        ])
        try narrow.initialize(seed: 1)
        #expect(narrow.columnSplits(threads: 4).isEmpty)
        // What is put side by side rounds alike in any parts, so that each thread has one.
        let wide = try Self.model(normalized: false, units: 200)
        #expect(wide.columnSplits(threads: 1).isEmpty)
        #expect(wide.columnSplits(threads: 4).map(\.columns.count) == [4])
        #expect(wide.columnSplits(threads: 4).map(\.last) == [nil])
    }

    @Test("each part of shared work is done once, whoever comes late", arguments: [2, 3, 7])
    func parts(threads: Int) throws {
        let team = try #require(Team(count: threads))
        let counts = Arena(count: threads * 16)
        for round in 1...3000 {
            // Now and then long enough for the others to fall asleep.
            if round % 1000 == 0 { usleep(2000) }
            team.share { counts.all[$0 * 16] += 1 }
            if round % 100 == 0 { team.run { counts.all[$0 * 16 + 1] += 1 } }
        }
        for part in 0..<threads {
            #expect(counts.all[part * 16] == 3000)
            #expect(counts.all[part * 16 + 1] == 30)
        }
    }

    @Test(
        "panels hold every column once, each row at a cache line", arguments: [17, 64, 300, 1000], [1, 2, 3])
    func panels(columns: Int, count: Int) {
        let panels = Panels(rows: 5, columns: columns, panels: count, aligned: true)
        #expect(panels.all.flatMap { Array($0.columns) } == Array(0..<columns))
        var end = 0
        for panel in panels.all {
            #expect(panel.start == end && panel.stride % 16 == 0 && panel.stride >= panel.columns.count)
            end += 5 * panel.stride
        }
        #expect(end == panels.count)
    }
}
