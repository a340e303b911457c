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
    private static func samples(_ count: Int, share: Double, shape: [Int] = [12, 10]) -> (Samples, Targets) {
        var random = RandomNumbers(seed: 5)
        let bytes = (0..<count * shape.reduce(1, *)).map { _ in
            random.uniform() < share ? UInt8(1 + random.uniform() * 254) : 0
        }
        return (
            Samples(shape: shape, bytes: bytes), .classes((0..<count).map { Int32($0 * 5 % 7) })
        )
    }

    private func trained(
        _ model: Model, _ optimizer: any Optimizer, _ data: (Samples, Targets), threads: Int,
        epochs: Int = 40
    ) throws -> ([Tensor], OptimizerState, Double) {
        let executor = try TrainingExecutor(
            model, loss: Loss(.sparseCategoricalCrossentropy), optimizer: optimizer, batchSize: 33,
            threads: threads)
        let rows = Array(0..<data.0.count)
        var loss = 0.0
        // Long enough for both ways of the trial, with a short last batch in each epoch.
        for _ in 0..<epochs {
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

    /// Training on two and on three threads ends in the same weights, optimizer's state and loss as on one.
    private func expectSameBits(
        _ model: Model, _ optimizer: any Optimizer, _ data: (Samples, Targets), epochs: Int = 40,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let one = try trained(model, optimizer, data, threads: 1, epochs: epochs)
        for threads in [2, 3] {
            let several = try trained(model, optimizer, data, threads: threads, epochs: epochs)
            let places = "\(optimizer.className) on \(threads) threads"
            expectSame(one.0, several.0, "weights, " + places, sourceLocation: sourceLocation)
            expectSame(one.1, several.1, "state, " + places, sourceLocation: sourceLocation)
            expectSame(one.2, several.2, "loss, " + places, sourceLocation: sourceLocation)
        }
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
        for optimizer in optimizers { try expectSameBits(model, optimizer, data) }
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
        if whole { layers.append(Reshape([-1])) }
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
        for (units, parts) in [(300, 2), (640, 4)] {
            let model = try Self.split(Self.ways[index].layers, units: units, activation: .swish)
            let splits = model.columnSplits(threads: 1)
            #expect(splits.count == 1 && splits[0].units.count == parts)
            #expect(splits[0].middle.count == max(Self.ways[index].layers.count - 1, 0))
            for optimizer in [SGD(learningRate: 0.1), Adam()] as [any Optimizer] {
                try expectSameBits(model, optimizer, data)
            }
        }
    }

    @Test("parts compute what the layer does in one piece", arguments: ways.indices, [1, 2])
    func partsAsOnePiece(index: Int, threads: Int) throws {
        // Dropped numbers are drawn for each part.
        let way = Self.ways[index].layers.filter { !($0 is Dropout) }
        try expectParts(of: Self.split(way), asIn: Self.split(way, whole: true), threads: threads)
    }

    @Test(
        "any activation of the first layer, summed or side by side", arguments: Activation.allCases,
        [128, 256])
    func firstActivation(activation: Activation, units: Int) throws {
        let way: [any Layer] = [Dense(units: 9)]
        try expectParts(
            of: Self.split(way, units: units, activation: activation),
            asIn: Self.split(way, units: units, activation: activation, whole: true), threads: 2,
            isSplit: activation.isElementwise)
    }

    @Test("layers that are frozen, penalized or constrained, in the middle and at the sum")
    func restrained() throws {
        var (frozen, first) = (BatchNormalization(), BatchNormalization())
        frozen.trainable = false
        first.gamma.regularizer = Regularizer(l2: 0.1)
        var held = Dense(units: 30)
        held.trainable = false
        var penalized = Dense(units: 30, activation: .softmax)
        penalized.kernel.regularizer = Regularizer(l1: 0.01)
        penalized.kernel.constraint = .nonNegative
        penalized.activityPenalty = ActivityPenalty(Regularizer(l2: 0.1))
        let ways: [[any Layer]] = [[frozen, held], [first, penalized], [held], [frozen, first, penalized]]
        for way in ways {
            let (parts, whole) = (try Self.split(way), try Self.split(way, whole: true))
            for threads in [1, 2] { try expectParts(of: parts, asIn: whole, threads: threads) }
        }
    }

    /// A model that is computed in parts gives what one gives that is not: gradients, and after some steps weights, moving averages
    /// and the loss at inference.
    ///
    /// - whole: the same layers and one more at 4, without weights.
    private func expectParts(
        of parts: Model, asIn other: Model, threads: Int, isSplit: Bool = true
    ) throws {
        var whole = other
        #expect(parts.columnSplits(threads: 2).isEmpty != isSplit)
        #expect(whole.columnSplits(threads: 1).isEmpty)
        var weights = parts.weights
        weights.insert([], at: 4)
        for layer in weights.indices { try whole.setWeights(weights[layer], layer: layer) }
        let (samples, targets) = Self.samples(33, share: 0.3)
        func executor(_ model: Model, threads: Int) throws -> TrainingExecutor {
            try TrainingExecutor(
                model, loss: Loss(.sparseCategoricalCrossentropy),
                optimizer: SGD(learningRate: 0.05, momentum: 0.9),
                batchSize: 40, threads: threads)
        }
        let pair = [try executor(parts, threads: isSplit ? threads : 1), try executor(whole, threads: 1)]
        let gradients = pair.map { $0.gradients([samples], targets, rows: Array(0..<33)[...]) }
        // The sum of 300 products rounds otherwise in two parts: by some units in the last place of 24 bits.
        #expect(abs(gradients[0].loss - gradients[1].loss) < 1e-5)
        expectClose(gradients[0].tensors, gradients[1].tensors, within: 2e-5)
        for executor in pair {
            for first in [0, 11, 22, 0, 11] {
                _ = executor.trainBatch([samples], targets, rows: Array(first..<first + 11)[...])
            }
        }
        let losses = pair.map { $0.evaluate([samples], targets).lossSum }
        #expect(abs(losses[0] - losses[1]) < 1e-3)
        expectClose(
            pair[0].trainedNetwork.weights.flatMap { $0 }, pair[1].trainedNetwork.weights.flatMap { $0 },
            within: 1e-4)
    }

    /// - within: of the largest number of a tensor.
    private func expectClose(
        _ a: [Tensor], _ b: [Tensor], within: Float, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(a.map(\.shape) == b.map(\.shape), sourceLocation: sourceLocation)
        for (a, b) in zip(a, b) {
            let largest = b.values.map(abs).max() ?? 0
            let off = zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
            #expect(
                off <= within * largest, "numbers of shape \(a.shape): off by \(off) of \(largest)",
                sourceLocation: sourceLocation)
        }
    }

    @Test("two heads behind a wide kernel, dense data: the same bits on any number of threads")
    func twoHeads() throws {
        func layer(_ layer: some Layer, _ name: String) -> any Layer {
            var layer = layer
            layer.name = name
            return layer
        }
        let calls = [
            Model.Call(layer: 0, inputs: []), Model.Call(layer: 1, inputs: [0]),
            Model.Call(layer: 2, inputs: [1]),
            Model.Call(layer: 3, inputs: [2]), Model.Call(layer: 4, inputs: [2]),
            Model.Call(layer: 5, inputs: [3, 4]),
        ]
        var model = try Model(
            name: "heads", form: .functional,
            layers: [
                layer(InputLayer(name: "input", shape: [24, 20]), "input"), layer(Flatten(), "flatten"),
                layer(Dense(units: 1000, activation: .relu), "first"), layer(Dense(units: 5), "one"),
                layer(Dense(units: 6, activation: .tanh), "other"), layer(Concatenate(), "both"),
            ], calls: calls, inputs: [0], outputs: [5])
        try model.initialize(seed: 3)
        #expect(model.columnSplits(threads: 3).map(\.last) == [nil])
        // A kernel of 480 × 1000 is large enough for its product to be computed in blocks, which round otherwise; half of it is not.
        for share in [0.3, 0.9] {
            let data = Self.samples(66, share: share, shape: [24, 20])
            try expectSameBits(model, SGD(learningRate: 1e-4), data, epochs: 3)
        }
    }

    @Test("batches of many and of few zeros in turn: each thread takes all of them in the same way")
    func mixedDensity() throws {
        let model = try Self.split([Dense(units: 20, activation: .relu)])
        let (few, many) = (Self.samples(165, share: 0.9), Self.samples(165, share: 0.3))
        guard case .bytes(let dense) = few.0.storage, case .bytes(let sparse) = many.0.storage else {
            Issue.record("the samples are no bytes")
            return
        }
        let samples = Samples(shape: [12, 10], bytes: dense + sparse + sparse)
        let targets = Targets.classes((0..<495).map { Int32($0 * 5 % 7) })
        try expectSameBits(model, SGD(learningRate: 0.01), (samples, targets), epochs: 20)
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
        #expect(wide.columnSplits(threads: 4).map(\.units.count) == [4])
        #expect(wide.columnSplits(threads: 4).map(\.last) == [nil])
    }

    @Test("each part of shared work is done once, whoever comes late", arguments: [2, 3, 7])
    func parts(threads: Int) throws {
        let pool = try #require(ThreadPool(count: threads))
        let counts = Arena(count: threads * 16)
        for round in 1...3000 {
            // Now and then long enough for the others to fall asleep.
            if round % 1000 == 0 { usleep(2000) }
            pool.share { counts.all[$0 * 16] += 1 }
            if round % 100 == 0 { pool.run { counts.all[$0 * 16 + 1] += 1 } }
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
