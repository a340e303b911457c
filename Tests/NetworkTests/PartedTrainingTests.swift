import Base
import Foundation
import Synchronization
import TestSupport
import Tensors
import Testing

@testable import Network

/// Threads in place of processes.
private final class ThreadExchange: GradientExchange, @unchecked Sendable {
    let rank, ranks: Int
    private let meeting: Meeting

    init(_ rank: Int, _ meeting: Meeting) {
        (self.rank, self.ranks, self.meeting) = (rank, meeting.ranks, meeting)
    }

    func exchange(_ numbers: Floats, _ bytes: [UInt8]) -> [[UInt8]]? {
        let all = meeting.swap(rank, (numbers.array, bytes))
        // As the program does it: neighbours first, then neighbouring pairs.
        var sums = all.map(\.0)
        while sums.count > 1 {
            sums = stride(from: 0, to: sums.count, by: 2).map { zip(sums[$0], sums[$0 + 1]).map(+) }
        }
        numbers.copy(from: sums[0])
        return all.map(\.1)
    }
}

/// Gives each of several threads what all of them bring.
private final class Meeting: @unchecked Sendable {
    let ranks: Int
    private let condition = NSCondition()
    private var brought: [Int: ([Float], [UInt8])] = [:]
    private var last: [([Float], [UInt8])] = []
    private var round = 0

    init(_ ranks: Int) { self.ranks = ranks }

    func swap(_ rank: Int, _ value: ([Float], [UInt8])) -> [([Float], [UInt8])] {
        condition.lock()
        defer { condition.unlock() }
        let own = round
        brought[rank] = value
        if brought.count == ranks {
            last = (0..<ranks).compactMap { brought[$0] }
            brought = [:]
            round += 1
            condition.broadcast()
        }
        while round == own { condition.wait() }
        return last
    }
}

@Suite("Batches in parts")
struct PartedTrainingTests {
    private static let rows = 50
    private static let samples: [Samples] = {
        var random = RandomNumbers(seed: 5)
        return [
            Samples(shape: [6], floats: (0..<rows * 6).map { _ in Float(random.uniform() * 2 - 1) })
        ]
    }()
    private static let targets = Targets.classes((0..<rows).map { Int32($0 * 7 % 3) })

    private static func network() throws -> Model {
        try network([Dense(units: 16, activation: .relu), Dropout(rate: 0.25)])
    }

    private static func network(_ middle: [any Layer]) throws -> Model {
        var layers: [any Layer] = [InputLayer(name: "in", shape: [6])] + middle
        layers.append(Dense(units: 3, activation: .softmax))
        for index in layers.indices.dropFirst() { layers[index].name = "layer\(index)" }
        var model = try Model(chain: layers)
        try model.initialize(seed: 3)
        return model
    }

    private struct Outcome: Equatable, Sendable {
        var weights: [[Tensor]]
        var losses, correct, evaluated: [Double]
    }

    private static func train(_ group: (any GradientExchange)?, batchSize: Int = 12) throws -> Outcome {
        let model = try network()
        let executor = try TrainingExecutor(
            model, objective: Objective(Loss(.sparseCategoricalCrossentropy), metrics: [.accuracy]),
            optimizer: Adam(), batchSize: batchSize, seed: 9, parts: try PartedTraining(group))
        var outcome = Outcome(weights: [], losses: [], correct: [], evaluated: [])
        let order = Array(0..<rows)
        for _ in 0..<3 {
            for start in stride(from: 0, to: rows, by: batchSize) {
                let result = executor.trainBatch(
                    samples, targets, rows: order[start..<min(start + batchSize, rows)])
                outcome.losses.append(result.lossSum)
                outcome.correct.append(result.correct)
            }
            outcome.evaluated.append(executor.evaluate(samples, targets).lossSum)
        }
        outcome.weights = executor.trainedNetwork.weights
        return outcome
    }

    @Test(
        "give the same bits on one, two and four processes, also for a last batch with less rows than parts")
    func sameBits() throws {
        let alone = try Self.train(nil)
        for ranks in [1, 2, 4] {
            let meeting = Meeting(ranks)
            let found = Mutex<[Int: Outcome]>([:])
            let threads = (0..<ranks).map { rank in
                Thread {
                    let outcome = try? Self.train(ThreadExchange(rank, meeting))
                    found.withLock { $0[rank] = outcome }
                }
            }
            for thread in threads { thread.start() }
            for _ in 0..<6_000 where found.withLock({ $0.count }) < ranks { usleep(5_000) }
            let outcomes = found.withLock { $0 }
            #expect(outcomes.count == ranks)
            for (_, outcome) in outcomes { #expect(outcome == alone) }
        }
    }

    @Test("give what whole batches give, up to rounding")
    func wholeBatches() throws {
        let parted = try Self.train(nil)
        let executor = try TrainingExecutor(
            Self.network(), objective: Objective(Loss(.sparseCategoricalCrossentropy), metrics: [.accuracy]),
            optimizer: Adam(), batchSize: 12, seed: 9)
        let order = Array(0..<Self.rows)
        var losses: [Double] = []
        for _ in 0..<3 {
            for start in stride(from: 0, to: Self.rows, by: 12) {
                losses.append(
                    executor.trainBatch(
                        Self.samples, Self.targets, rows: order[start..<min(start + 12, Self.rows)]
                    ).lossSum)
            }
        }
        for (one, other) in zip(losses, parted.losses) { #expect(abs(one - other) <= 1e-4 * abs(one)) }
        let pairs = zip(
            executor.trainedNetwork.weights.joined().flatMap(\.values),
            parted.weights.joined().flatMap(\.values))
        #expect(pairs.allSatisfy { abs($0 - $1) <= 1e-4 })
    }

    @Test("evaluate by whole batches, on which the sum of losses and hinge's look at the targets depend")
    func evaluation() throws {
        let order = Array(0..<Self.rows)
        for kind in [Loss.Kind.meanSquaredError, .hinge] {
            for reduction in [Loss.Reduction.mean, .sum] {
                var loss = Loss(kind)
                loss.reduction = reduction
                // One row, and so one part of one batch, has a target of -1; all others are 1.
                let targets = Targets.values(
                    (0..<Self.rows * 3).map { $0 == 4 ? -1 : 1 }, width: 3)
                var found: [BatchResult] = []
                for parts in [nil, try PartedTraining()] {
                    let executor = try TrainingExecutor(
                        Self.network(), objective: Objective(loss, metrics: []), optimizer: SGD(),
                        batchSize: 12, seed: 9, parts: parts)
                    found.append(executor.evaluate(Self.samples, [targets]))
                    found.append(executor.trainBatch(Self.samples, [targets], rows: order[0..<12]))
                }
                for (one, other) in [(found[0], found[2]), (found[1], found[3])] {
                    #expect(one.count == other.count)
                    #expect(
                        abs(one.lossSum - other.lossSum) <= 1e-5 * abs(one.lossSum), "\(kind) \(reduction)")
                }
            }
        }
    }

    @Test("are refused where a part does not tell its gradient, and for other numbers of processes")
    func refusals() throws {
        let model = try Self.network([Dense(units: 4), BatchNormalization()])
        let objective = Objective(Loss(.sparseCategoricalCrossentropy), metrics: [.accuracy])
        let error = #expect(throws: CellarError.self) {
            _ = try TrainingExecutor(
                model, objective: objective, optimizer: Adam(), batchSize: 8, parts: try PartedTraining())
        }
        #expect(error?.message.contains("BatchNormalization") == true)
        for ranks in [3, 5, 8] {
            #expect(throws: CellarError.self) { try PartedTraining(ThreadExchange(0, Meeting(ranks))) }
        }
    }

    @Test("make no step once another process has ended")
    func abandoned() throws {
        final class Gone: GradientExchange {
            let rank = 1
            let ranks = 2
            func exchange(_ numbers: Floats, _ bytes: [UInt8]) -> [[UInt8]]? { nil }
        }
        let executor = try TrainingExecutor(
            Self.network(), objective: Objective(Loss(.sparseCategoricalCrossentropy), metrics: [.accuracy]),
            optimizer: Adam(), batchSize: 12, seed: 9, parts: try PartedTraining(Gone()))
        let before = executor.trainedNetwork.weights
        _ = executor.trainBatch(Self.samples, Self.targets, rows: Array(0..<12)[...])
        #expect(executor.isAbandoned && executor.iterations == 0)
        #expect(executor.trainedNetwork.weights == before)
    }
}
