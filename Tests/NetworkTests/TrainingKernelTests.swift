import Foundation
import Tensors
import Testing

@testable import Network

/// The vector kernels that only training uses, against plain loops.
struct TrainingKernelTests {
    /// A block that stays for good: a window on it does not own its memory, and a test may let go of the block before the
    /// last use of the window.
    private static func block(_ count: Int) -> Arena {
        let arena = Arena(count: count)
        _ = unsafe Unmanaged.passRetained(arena)
        return arena
    }

    private static func random(_ count: Int, seed: Int, of range: ClosedRange<Float> = -1...1) -> Arena {
        var random = RandomNumbers(seed: seed)
        let arena = block(count)
        for i in 0..<count {
            arena.all[i] =
                range.lowerBound + Float(random.uniform()) * (range.upperBound - range.lowerBound)
        }
        return arena
    }

    @Test(
        "sums over columns, and what normalizes them", arguments: [1, 3, 16, 17, 63, 64, 65, 300], [1, 7, 64])
    func columns(width: Int, rows: Int) {
        let (a, b) = (Self.random(rows * width, seed: 1), Self.random(rows * width, seed: 2))
        let numbers = (3...6).map { Self.random(width, seed: $0) }
        let (sums, products, squares) = (Self.block(width), Self.block(width), Self.block(width))
        columnSums(a.all, into: sums.all, products: b.all, into: products.all)
        columnSquares(a.all, mean: numbers[0].all, into: squares.all)
        let alone = Self.block(width)
        columnSums(a.all, into: alone.all)
        let (xhat, y, dx) = (
            Self.block(rows * width), Self.block(rows * width), Self.block(rows * width)
        )
        normalize(
            a.all, mean: numbers[0].all, inverse: numbers[1].all, into: xhat.all, scale: numbers[2].all,
            shift: numbers[3].all, into: y.all)
        normalizeBackward(
            a.all, xhat: b.all, factor: numbers[0].all, meanDy: numbers[1].all, meanDyXhat: numbers[2].all,
            into: dx.all)
        func near(_ found: Float, _ wanted: Float) -> Bool { abs(found - wanted) <= 1e-5 * (1 + abs(wanted)) }
        for c in 0..<width {
            let column = stride(from: c, to: rows * width, by: width)
            let n = numbers.map { $0.all[c] }
            #expect(near(sums.all[c], column.reduce(0) { $0 + a.all[$1] }))
            #expect(near(alone.all[c], sums.all[c]))
            #expect(near(products.all[c], column.reduce(0) { $0 + a.all[$1] * b.all[$1] }))
            #expect(near(squares.all[c], column.reduce(0) { $0 + (a.all[$1] - n[0]) * (a.all[$1] - n[0]) }))
            for i in column {
                let wanted = (a.all[i] - n[0]) * n[1]
                #expect(near(xhat.all[i], wanted) && near(y.all[i], wanted * n[2] + n[3]))
                #expect(near(dx.all[i], n[0] * (a.all[i] - n[1] - b.all[i] * n[2])))
            }
        }
    }

    @Test("softmax with cross-entropy", arguments: [2, 10, 16, 17, 100])
    func crossEntropy(width: Int) {
        // More than fill vectors with rows.
        let rows = 41
        let classes = (0..<20).map { Int32($0 * 7 % width) }
        let samples = (0..<rows).map { $0 * 3 % 20 }
        let z = Self.random(rows * width, seed: width, of: -6...6)
        // Equal logits, and some far apart.
        for i in 0..<width {
            z.all[i] = 2
            z.all[width + i] = i % 2 == 0 ? 500 : -500
        }
        let (before, dz) = (z.all.array, Self.block(rows * width))
        let found = softmaxCrossEntropy(
            z.all, width: width, classes: classes, samples: samples[...], each: 0.25, gradient: dz.all)
        var (loss, correct) = (0.0, 0.0)
        for row in 0..<rows {
            let logits = before[row * width..<(row + 1) * width].map { Double($0) }
            let wanted = Int(classes[samples[row]])
            let highest = logits.max() ?? 0
            let sum = logits.reduce(0) { $0 + exp($1 - highest) }
            loss += log(sum) - (logits[wanted] - highest)
            if logits.firstIndex(of: highest) == wanted { correct += 1 }
            for i in 0..<width {
                let p = exp(logits[i] - highest) / sum
                #expect(abs(Double(z.all[row * width + i]) - p) < 2e-7)
                #expect(abs(Double(dz.all[row * width + i]) - (p - (i == wanted ? 1 : 0)) / 4) < 1e-7)
            }
        }
        #expect(abs(found.loss - loss) < 1e-5 * loss && found.correct == correct)
    }

    @Test("what is no number stays none")
    func noNumber() {
        let z = Self.block(10)
        z.all[3] = .nan
        let found = softmaxCrossEntropy(
            z.all, width: 10, classes: [1], samples: [0], each: 1, gradient: nil)
        #expect(found.loss.isNaN && z.all[0].isNaN)
    }

    /// Bytes [rows, columns] of which a few are not zero, and none at all in every fifth column.
    private static func bytes(rows: Int, columns: Int, seed: Int) -> [UInt8] {
        var random = RandomNumbers(seed: seed)
        return (0..<rows * columns).map {
            $0 % columns % 5 == 0 || random.uniform() > 0.15 ? 0 : UInt8(1 + Int(random.uniform() * 200))
        }
    }

    @Test(
        "gradients of neighbours, which are added up together where their rows are mostly the same",
        arguments: [1, 16, 37, 300], [1, 5, 64, 130])
    func neighbours(width: Int, batch: Int) {
        let columns = 31
        var random = RandomNumbers(seed: width + batch)
        // Runs of numbers as in a picture, single ones, rows and columns of nothing.
        let x = Self.block(batch * columns)
        for row in 0..<batch where row % 7 != 6 {
            let start = Int(random.uniform() * 20)
            for column in start..<start + Int(random.uniform() * 9) where column != 13 {
                x.all[row * columns + column] = Float(random.uniform() * 2 - 1)
            }
            x.all[row * columns + columns - 1] = random.uniform() < 0.5 ? 0 : 3
        }
        let places = NonzeroPlaces(capacity: batch, columns: columns, forTransposed: true)
        _ = places.find(in: x.all)
        places.findColumns()
        let stride = (width + 15) / 16 * 16
        let d = Self.random(batch * width, seed: 7)
        for (alpha, accumulate) in [(Float(1), false), (-0.3, true), (0.5, false)] {
            let g = Self.random(columns * stride, seed: 9)
            let before = g.all.array
            places.multiplyTransposed(
                x.all, d.all, into: g.all, n: width, dStride: width, gStride: stride, alpha: alpha,
                accumulate: accumulate)
            for column in 0..<columns {
                for i in 0..<width {
                    var sum = accumulate ? Double(before[column * stride + i]) : 0
                    var size = abs(sum)
                    for row in 0..<batch {
                        let term =
                            Double(alpha) * Double(x.all[row * columns + column])
                            * Double(d.all[row * width + i])
                        sum += term
                        size += abs(term)
                    }
                    // Each addition rounds to 24 bits.
                    let off = abs(Double(g.all[column * stride + i]) - sum)
                    #expect(off <= size * 6e-8 * Double(batch + 2))
                }
            }
        }
    }

    @Test("a deferred step of Adam is the step, to the bit", arguments: [10, 16, 37, 300], [1, 5, 64])
    func deferred(width: Int, batch: Int) {
        let (columns, count) = (150, 200)
        let stride = width > 16 ? (width + 15) / 16 * 16 : width
        let all = Self.bytes(rows: count, columns: columns, seed: width)
        let samples = Samples(shape: [columns], bytes: all)
        let places = NonzeroPlaces(capacity: batch, columns: columns, forTransposed: true)
        let arenas = (0..<2).map { _ in (0..<3).map { _ in Self.block(columns * stride) } }
        let start = Self.random(columns * stride, seed: 5)
        for kind in arenas { kind[0].all.copy(from: start.all) }
        let deferred = DeferredAdam(
            w: arenas[0][0].all, m: arenas[0][1].all, v: arenas[0][2].all, rows: columns, columns: width,
            stride: stride, beta1: 0.9, beta2: 0.999, epsilon: 1e-7)
        let (x, g) = (Self.block(batch * columns), Self.block(columns * stride))
        for step in 1...150 {
            let rows = (0..<batch).map { ($0 * 7 + step * 13) % count }
            gather(samples, rows: rows[...], scale: 0.01, into: x.all)
            let share = places.find(in: all, rows: rows[...])
            #expect(share == places.find(in: x.all))
            places.findColumns()
            let d = Self.random(batch * width, seed: step)
            let alpha = 0.001 * Float(step % 7)

            deferred.begin(alpha: alpha)
            deferred.prepare(for: places)
            deferred.step(x.all, d.all, dStride: width, places)
            deferred.end()

            g.all.fill(0)
            places.multiplyTransposed(
                x.all, d.all, into: g.all, n: width, dStride: width, gStride: stride, alpha: 1,
                accumulate: false)
            stepAdam(
                arenas[1][0].all, gradient: g.all, m: arenas[1][1].all, v: arenas[1][2].all, largest: nil,
                alpha: alpha, beta1: 0.9, beta2: 0.999, epsilon: 1e-7)
        }
        deferred.prepare(for: nil)
        for row in 0..<columns {
            for (mine, wanted) in zip(arenas[0], arenas[1]) {
                let here = row * stride..<row * stride + width
                #expect(mine.all[here].array == wanted.all[here].array)
            }
        }
    }

    @Test("the quick form of Adam is as good as the exact one")
    func quick() {
        let count = 1_000
        let g = Self.random(count, seed: 1)
        for i in 0..<100 { g.all[i] = 0 }
        for i in 100..<200 { g.all[i] *= 1e-12 }
        let arenas = (0..<6).map { _ in Self.block(count) }
        let largest = Self.block(count)
        for step in 1...5 {
            let alpha = 0.01 / Float(step)
            stepAdam(
                arenas[0].all, gradient: g.all, m: arenas[1].all, v: arenas[2].all, largest: nil,
                alpha: alpha, beta1: 0.9, beta2: 0.999, epsilon: 1e-7)
            // With ever larger v the two are the same.
            stepAdam(
                arenas[3].all, gradient: g.all, m: arenas[4].all, v: arenas[5].all, largest: largest.all,
                alpha: alpha, beta1: 0.9, beta2: 0.999, epsilon: 1e-7)
        }
        for i in 0..<count {
            #expect(abs(arenas[0].all[i] - arenas[3].all[i]) <= 1e-6 * abs(arenas[3].all[i]))
        }
    }
}
