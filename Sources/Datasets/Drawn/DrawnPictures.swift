import Glibc
import Tensors

/// Pictures that a program draws: digits as people write them, and things that are none. The same numbers give the same pictures.
public struct DrawnPictures: Equatable, Sendable {
    /// The number of digits, the same of each class.
    public var digits = 0
    /// The number of pictures of something else.
    public var others = 0
    public var seed = 0
    /// The kinds of other things: 1 has named ones, 2 adds random ones and changed digits. A version keeps its pictures, so that a model
    /// can be trained again.
    public var version = 1

    public static let versions = 1...2
    /// True if some of the other things are made of real digits.
    public var usesDigits: Bool { version > 1 && others > 0 }

    public init(digits: Int = 0, others: Int = 0, seed: Int = 0, version: Int = 1) {
        (self.digits, self.others, self.seed, self.version) = (digits, others, seed, version)
    }

    private static let side = 88

    /// The pictures in MNIST's form, 28 × 28, digits first; the labels are those of the digits.
    ///
    /// - known: Real digits, of which version 2 makes other things.
    public func made(on pool: ThreadPool, from known: ChangedDigits? = nil) -> (
        pixels: [UInt8], labels: [Int]
    ) {
        let count = digits + others
        let parts = PartResults(count: pool.count)
        pool.share { part in
            var out: [UInt8] = []
            for number in part * count / pool.count..<(part + 1) * count / pool.count {
                var random = RandomNumbers(seed: seed, stream: 0x44 << 56 &+ number)
                let ink = number < digits ? digit(number % 10, &random) : other(known, &random)
                out += ink.framed(width: 28, height: 28).pixels
            }
            parts.set(part, out)
        }
        return (parts.joined, (0..<digits).map { $0 % 10 })
    }

    private func other(_ known: ChangedDigits?, _ random: inout RandomNumbers) -> Plane {
        guard version > 1 else { return OtherThings.drawn(&random) }
        switch random.next() % 20 {
        case 0..<6: return OtherThings.drawn(&random)
        case 6..<10: if let known { return known.drawn(&random) }
        default: break
        }
        return RandomThings.drawn(&random)
    }

    private func digit(_ digit: Int, _ random: inout RandomNumbers) -> Plane {
        let forms = DigitForms.all[digit]
        let form = forms[Int(random.next() % UInt64(forms.count))]
        let side = Float(DrawnPictures.side)
        var plane = Plane.empty(DrawnPictures.side)
        let angle = random.normal() * 0.06
        let shear = 0.08 + random.normal() * 0.14
        let wide = random.between(0.7, 1.2)
        let (c, s) = (cosf(angle), sinf(angle))
        let height = side * 0.72
        let nib = height * random.between(0.05, 0.17)
        var moved: [(PenPoint, PenPoint)] = []
        func hand(_ point: PenPoint, _ random: inout RandomNumbers) -> PenPoint {
            // Equal points stay together, so that strokes go on meeting.
            if let known = moved.first(where: { $0.0 == point }) { return known.1 }
            let there = PenPoint(point.x + random.normal() * 3.5, point.y + random.normal() * 3.5)
            moved.append((point, there))
            return there
        }
        for stroke in form {
            var shaken = stroke
            shaken.points = stroke.points.map { hand($0, &random) }
            let path = shaken.path.map { point in
                let (x, y) = ((point.x - 50) / 140 * wide, (point.y - 70) / 140)
                let slanted = x - shear * y
                return PenPoint(
                    (c * slanted - s * y) * height + side / 2, (s * slanted + c * y) * height + side / 2)
            }
            plane.draw(path, nib: nib)
        }
        return plane
    }
}

extension Plane {
    static func empty(_ side: Int) -> Plane {
        Plane(width: side, height: side, values: [Float](repeating: 0, count: side * side))
    }
}
