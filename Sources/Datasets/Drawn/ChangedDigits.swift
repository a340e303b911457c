import Tensors

/// Things with the strokes of real digits that are none: turned, mirrored, cut into parts that do not belong together, one over another.
public struct ChangedDigits: Sendable {
    private let pixels: [UInt8]
    private let labels: [Int32]

    /// Takes real digits: pictures of 28 × 28 bytes with bright ink, and their classes.
    public init(pixels: [UInt8], labels: [Int32]) {
        precondition(!labels.isEmpty && pixels.count == labels.count * 784)
        (self.pixels, self.labels) = (pixels, labels)
    }

    private static let side = 28

    private func picture(_ random: inout RandomNumbers) -> (Plane, Int32) {
        let (side, row) = (ChangedDigits.side, Int(random.next() % UInt64(labels.count)))
        let values = pixels[row * side * side..<(row + 1) * side * side].map { Float($0) / 255 }
        return (Plane(width: side, height: side, values: values), labels[row])
    }

    func drawn(_ random: inout RandomNumbers) -> Plane {
        for _ in 0..<8 {
            let plane = any(&random)
            if plane.values.contains(where: { $0 > 0.6 }) { return plane.croppedToInk }
        }
        return OtherThings.drawn(&random)
    }

    private func any(_ random: inout RandomNumbers) -> Plane {
        switch random.next() % 8 {
        case 0, 1, 2, 3: turned(&random)
        case 4, 5: cut(&random)
        default: twice(&random)
        }
    }

    /// Mirrored or turned, unless that makes another digit or the same one. Pictures of zeros and ones alone give a drawn thing.
    private func turned(_ random: inout RandomNumbers) -> Plane {
        for _ in 0..<1_000 {
            let (plane, label) = picture(&random)
            let last = ChangedDigits.side - 1
            let form = random.next() % 4
            switch (form, label) {
            case (0, 3), (0, 4), (0, 6), (0, 7), (0, 9):
                return plane.rearranged { x, y in (last - x, y) }
            case (1, 4), (1, 6), (1, 7), (1, 9):
                return plane.rearranged { x, y in (x, last - y) }
            case (2, 2...9):
                return plane.rearranged { x, y in (y, last - x) }
            case (3, 2...9):
                return plane.rearranged { x, y in (last - y, x) }
            default: continue
            }
        }
        return OtherThings.drawn(&random)
    }

    /// Each quarter from another digit.
    private func cut(_ random: inout RandomNumbers) -> Plane {
        let half = ChangedDigits.side / 2
        let parts = (0..<4).map { _ in picture(&random).0 }
        let flips = (0..<4).map { _ in random.unit() < 0.5 }
        var plane = Plane.empty(ChangedDigits.side)
        for y in 0..<plane.height {
            for x in 0..<plane.width {
                let part = (y < half ? 0 : 2) + (x < half ? 0 : 1)
                plane[x, y] = parts[part][flips[part] ? plane.width - 1 - x : x, y]
            }
        }
        return plane
    }

    /// Two digits that overlap, each smaller.
    private func twice(_ random: inout RandomNumbers) -> Plane {
        let (first, second) = (picture(&random).0, picture(&random).0)
        let (dx, dy) = (Int(random.between(-14, 15)), Int(random.between(-14, 15)))
        let side = ChangedDigits.side
        var plane = Plane.empty(side * 2)
        for y in 0..<side {
            for x in 0..<side {
                plane[x + 14, y + 14] = max(plane[x + 14, y + 14], first[x, y])
                plane[x + 14 + dx, y + 14 + dy] = max(plane[x + 14 + dx, y + 14 + dy], second[x, y])
            }
        }
        return plane
    }
}

extension Plane {
    /// A picture whose pixel at (x, y) is this one's at `source(x, y)`.
    fileprivate func rearranged(_ source: (Int, Int) -> (Int, Int)) -> Plane {
        var plane = self
        for y in 0..<height {
            for x in 0..<width {
                let (u, v) = source(x, y)
                plane[x, y] = self[u, v]
            }
        }
        return plane
    }
}
