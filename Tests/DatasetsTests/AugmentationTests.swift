import Foundation
import Tensors
import TestSupport
import Testing

@testable import Datasets

private let everything: PictureAugmentation = {
    var all = PictureAugmentation()
    (all.rotation, all.shear, all.scale, all.translate) = (14, 0.2, 0.12, 1.5)
    (all.stroke, all.elastic, all.contrast) = (0.7, 1.3, 0.25)
    (all.noise, all.lines, all.erase) = (0.04, 0.1, 0.1)
    return all
}()

private func some(_ count: Int) throws -> Samples {
    let path = Fixtures.data.appendingPathComponent("mnist/t10k-images-idx3-ubyte.gz").path
    return try readIDXImages(path).selecting(0..<count)
}

private func bytes(_ samples: Samples) -> [UInt8] {
    if case .bytes(let bytes) = samples.storage { bytes } else { [] }
}

@Suite struct AugmentationTests {
    @Test func sameBitsOnAnyThreads() throws {
        let samples = try some(101)
        let one = everything.applied(to: samples, seed: 3, epoch: 2, on: try #require(ThreadPool(count: 1)))
        for threads in [2, 3, 7] {
            let pool = try #require(ThreadPool(count: threads))
            #expect(everything.applied(to: samples, seed: 3, epoch: 2, on: pool) == one)
        }
        let pool = try #require(ThreadPool(count: 2))
        #expect(everything.applied(to: samples, seed: 3, epoch: 3, on: pool) != one)
        #expect(everything.applied(to: samples, seed: 4, epoch: 2, on: pool) != one)
    }

    @Test func nothingChangesNothing() throws {
        let samples = try some(20)
        let pool = try #require(ThreadPool(count: 1))
        #expect(PictureAugmentation().applied(to: samples, seed: 1, epoch: 0, on: pool) == samples)
    }

    @Test("a stroke grows or shrinks by what is asked for, and no more")
    func strokes() throws {
        let samples = try some(200)
        var only = PictureAugmentation()
        only.stroke = 1
        let pool = try #require(ThreadPool(count: 1))
        let changed = bytes(only.applied(to: samples, seed: 1, epoch: 0, on: pool))
        let before = bytes(samples)
        let ratios = (0..<200).map { row in
            let part = row * 784..<(row + 1) * 784
            return Double(changed[part].reduce(0) { $0 + Int($1) })
                / Double(before[part].reduce(0) { $0 + Int($1) })
        }
        #expect(ratios.contains { $0 < 0.8 } && ratios.contains { $0 > 1.2 })
        #expect(ratios.allSatisfy { $0 > 0.05 && $0 < 3.5 })
    }

    @Test("drawn pictures: the same numbers give the same pictures, digits in MNIST's form")
    func drawn() throws {
        let wanted = DrawnPictures(digits: 60, others: 60, seed: 5)
        let one = wanted.made(on: try #require(ThreadPool(count: 1)))
        let three = wanted.made(on: try #require(ThreadPool(count: 3)))
        #expect(one.pixels == three.pixels && one.labels == (0..<60).map { $0 % 10 })
        #expect(one.pixels.count == 120 * 784)
        let framed = (0..<60).count { row in
            GrayImage(width: 28, height: 28, pixels: Array(one.pixels[row * 784..<(row + 1) * 784]))
                .isFramed(width: 28, height: 28)
        }
        // The centre of mass of a seven or of a one with a long hook may be out of the middle's reach.
        #expect(framed >= 50)
    }
}
