import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Lines on a sheet of 88 × 88.
private func drawing(_ lines: [[PenPoint]], nib: Float = 5) -> Plane {
    var plane = Plane.empty(88)
    for line in lines { plane.draw(line, nib: nib) }
    return plane
}

private func ring(_ x: Float, _ y: Float, _ radius: Float) -> [PenPoint] {
    OtherThings.ellipse(PenPoint(x, y), radius, radius)
}

private func dot(_ x: Float, _ y: Float) -> [PenPoint] { [PenPoint(x, y), PenPoint(x + 0.1, y)] }

@Suite struct InkStructureTests {
    @Test func countsHoles() {
        #expect(InkStructure(Plane.empty(20)) == InkStructure(drawing([])))
        let bar = InkStructure(drawing([[PenPoint(40, 8), PenPoint(44, 80)]]))
        #expect(bar.holes.isEmpty && bar.enclosed.isEmpty && bar.stem == nil)
        let zero = InkStructure(drawing([ring(44, 44, 30)]))
        // The hole's radius is 27.5, the box's side 65.
        #expect(zero.holes.count == 1 && abs(zero.holes[0] - .pi * 27.5 * 27.5 / (65 * 65)) < 0.03)
        #expect(zero.enclosed.isEmpty && zero.stem == nil)
        let eight = InkStructure(drawing([ring(44, 26, 16), ring(44, 60, 18)]))
        #expect(eight.holes.count == 2 && eight.holes[0] > eight.holes[1])
        let slashed = InkStructure(drawing([ring(44, 44, 30), [PenPoint(66, 14), PenPoint(22, 74)]]))
        #expect(slashed.holes.count == 2 && slashed.enclosed.isEmpty)
    }

    @Test("a ring that touches the picture's sides still has a hole")
    func atTheSides() {
        var plane = Plane(width: 9, height: 9, values: [Float](repeating: 1, count: 81))
        for y in 2..<7 { for x in 2..<7 { plane[x, y] = 0 } }
        #expect(InkStructure(plane).holes == [25.0 / 81])
    }

    @Test func findsPiecesInHoles() {
        let face = InkStructure(
            drawing([ring(44, 44, 34), dot(33, 36), dot(55, 36), [PenPoint(34, 58), PenPoint(54, 58)]]))
        #expect(face.enclosed.count == 3 && face.enclosed.allSatisfy { !$0.hasHole })
        #expect(face.enclosed.contains { $0.width > 2 * $0.height })
        // A piece in the hole of a piece that is in a hole.
        let target = InkStructure(drawing([ring(44, 44, 38), ring(44, 44, 24), ring(44, 44, 9)]))
        #expect(target.enclosed.count == 2 && target.enclosed.count(where: \.hasHole) == 2)
        // Two digits beside each other enclose nothing.
        #expect(InkStructure(drawing([ring(22, 44, 14), ring(66, 44, 14)])).enclosed.isEmpty)
    }

    @Test("a handle points at the middle of its ring; the stem of a nine leaves at its side")
    func stems() throws {
        let handle = try #require(
            InkStructure(drawing([ring(34, 34, 18), [PenPoint(48, 48), PenPoint(82, 82)]])).stem)
        #expect(handle.offset < 0.12 && handle.length > 2.2)
        #expect(abs(handle.x - handle.y) < 0.02 && handle.x > 0.7)
        let nine = try #require(
            InkStructure(drawing([ring(40, 26, 17), [PenPoint(57, 20), PenPoint(56, 84)]])).stem)
        #expect(nine.offset > 0.2 && nine.y > 0.9)
    }

    @Test("nothing lies in the holes of MNIST's digits")
    func mnist() throws {
        let path = Fixtures.data.appendingPathComponent("mnist/t10k-images-idx3-ubyte.gz").path
        guard case .bytes(let bytes) = try readIDXImages(path).storage else { return }
        var found = 0
        for place in stride(from: 0, to: 784 * 3000, by: 784) {
            let image = GrayImage(width: 28, height: 28, pixels: Array(bytes[place..<place + 784]))
            let structure = InkStructure(Plane(image))
            found += structure.enclosed.isEmpty && structure.holes.count < 4 ? 0 : 1
        }
        // 12 of the 60,000 training pictures have one small piece in a hole.
        #expect(found <= 3)
    }
}
