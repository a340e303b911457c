import Foundation
import Tensors
import TestSupport
import Testing

@testable import Datasets

private func known(_ count: Int) throws -> ChangedDigits {
    let folder = Fixtures.data.appendingPathComponent("mnist")
    let images = try readIDXImages(folder.appendingPathComponent("t10k-images-idx3-ubyte.gz").path)
    let labels = try readIDXLabels(folder.appendingPathComponent("t10k-labels-idx1-ubyte.gz").path)
    guard case .bytes(let bytes) = images.selecting(0..<count).storage else {
        return .init(pixels: [], labels: [])
    }
    return ChangedDigits(pixels: bytes, labels: labels.prefix(count).map { Int32($0) })
}

/// Things that are no digits, which a program draws for training.
@Suite struct DrawnTests {
    @Test("each version keeps its pictures, on any number of threads", arguments: [(1, 49.37), (2, 42.81)])
    func versions(version: Int, ink: Double) throws {
        let wanted = DrawnPictures(digits: 10, others: 300, seed: 1, version: version)
        let digits = try known(100)
        let one = wanted.made(on: try #require(ThreadPool(count: 1)), from: digits)
        let three = wanted.made(on: try #require(ThreadPool(count: 3)), from: digits)
        #expect(one.pixels == three.pixels && one.pixels.count == 310 * 784 && one.labels.count == 10)
        // The mean of all pixels tells one generator from another; a processor's sine may differ in a last bit.
        let mean = Double(one.pixels.reduce(0) { $0 + Int($1) }) / Double(one.pixels.count)
        #expect(abs(mean - ink) < 0.01)
    }

    @Test("an ellipse and an upright line may be a zero and a one; other sketches are neither")
    func mayBeDigit() {
        func sketch(_ points: [PenPoint]) -> Sketch { Sketch(lines: [points]) }
        #expect(sketch(OtherThings.ellipse(PenPoint(3, 4), 1, 2)).mayBeDigit)
        #expect(sketch([PenPoint(0, 0), PenPoint(0.2, 1)]).mayBeDigit)
        #expect(!sketch([PenPoint(0, 0), PenPoint(1, 0.2)]).mayBeDigit)
        let square = [PenPoint(0, 0), PenPoint(1, 0), PenPoint(1, 1), PenPoint(0, 1), PenPoint(0, 0)]
        #expect(!sketch(square).mayBeDigit)
        var ring = Sketch(lines: [OtherThings.ellipse(PenPoint(0, 0), 1, 1)])
        ring.lines.append([PenPoint(0, 0), PenPoint(2.5, 0)])
        #expect(!ring.mayBeDigit)
    }

    @Test("a sketch is drawn as large as the picture allows, copies included")
    func sketches() {
        var sketch = Sketch(lines: [[PenPoint(1, 5), PenPoint(2, 6)]])
        sketch.copy { PenPoint(-$0.x, $0.y) }
        sketch.move { PenPoint($0.x * 100, $0.y * 100) }
        let plane = sketch.drawn(side: 88, nib: 4)
        let ink = plane.croppedToInk
        #expect((78...84).contains(ink.width))
        #expect(zip(ink.values, ink.mirrored.values).allSatisfy { abs($0 - $1) < 0.01 })
    }

    @Test("zeros and ones alone, which no turn or mirror changes, still give pictures")
    func zerosAndOnes() {
        let bar = (0..<784).map { UInt8((12...15).contains($0 % 28) ? 255 : 0) }
        let digits = ChangedDigits(pixels: bar + bar, labels: [0, 1])
        var random = RandomNumbers(seed: 4)
        let planes = (0..<20).map { _ in digits.drawn(&random) }
        #expect(planes.allSatisfy { $0.values.contains { $0 > 0.6 } })
    }

    @Test("random things and changed digits have ink, and are not all alike")
    func things() throws {
        let digits = try known(200)
        for draw in [RandomThings.drawn, digits.drawn] {
            var random = RandomNumbers(seed: 4)
            let planes = (0..<200).map { _ in draw(&random).framed(width: 28, height: 28).pixels }
            #expect(planes.allSatisfy { $0.contains { $0 > 150 } } && Set(planes).count > 150)
        }
    }
}

extension Plane {
    /// Left and right exchanged.
    fileprivate var mirrored: Plane {
        var plane = self
        for y in 0..<height { for x in 0..<width { plane[x, y] = self[width - 1 - x, y] } }
        return plane
    }
}
