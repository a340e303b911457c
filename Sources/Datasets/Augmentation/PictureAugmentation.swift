import Glibc
import Tensors

/// The limits of random changes to the pictures of a training epoch. Zero changes nothing.
public struct PictureAugmentation: Equatable, Sendable {
    /// The largest turn in degrees, either way.
    public var rotation: Float = 0
    /// The largest shift of a row, as a share of its distance from the middle.
    public var shear: Float = 0
    /// The largest change of width and of height, each as a share.
    public var scale: Float = 0
    /// The largest shift in pixels, down and across.
    public var translate: Float = 0
    /// The largest change of a stroke's edge in pixels, thicker or thinner.
    public var stroke: Float = 0
    /// The largest displacement in pixels of the points of a coarse grid, between which the picture bends.
    public var elastic: Float = 0
    /// The largest share by which bright pixels lose brightness, and by which edges become harder or softer.
    public var contrast: Float = 0
    /// The largest deviation of noise, as a share of white.
    public var noise: Float = 0
    /// The share of pictures that get a straight line.
    public var lines: Float = 0
    /// The share of pictures that lose a small rectangle.
    public var erase: Float = 0

    public init() {}

    /// Changes each sample at random. The result depends on the seed, the epoch and the sample's number alone, on any number
    /// of threads.
    ///
    /// - pool: The threads that share the work.
    public func applied(to samples: Samples, seed: Int, epoch: Int, on pool: ThreadPool) -> Samples {
        guard case .bytes(let bytes) = samples.storage, samples.shape.count >= 2 else { return samples }
        let (height, width, count) = (samples.shape[0], samples.shape[1], samples.count)
        let size = width * height
        let parts = PartResults(count: pool.count)
        pool.share { part in
            let rows = part * count / pool.count..<(part + 1) * count / pool.count
            var changer = PictureChanger(self, width: width, height: height)
            var out: [UInt8] = []
            out.reserveCapacity(rows.count * size)
            for row in rows {
                var random = RandomNumbers(seed: seed, stream: 0x41 << 56 &+ epoch << 32 &+ row)
                changer.append(bytes[row * size..<(row + 1) * size], to: &out, &random)
            }
            parts.set(part, out)
        }
        return Samples(shape: samples.shape, bytes: parts.joined)
    }
}

/// Changes one picture after the other, in the same memory.
private struct PictureChanger {
    let options: PictureAugmentation
    let width, height: Int
    private var picture, other: [Float]

    init(_ options: PictureAugmentation, width: Int, height: Int) {
        (self.options, self.width, self.height) = (options, width, height)
        picture = [Float](repeating: 0, count: width * height)
        other = picture
    }

    mutating func append(_ source: ArraySlice<UInt8>, to out: inout [UInt8], _ random: inout RandomNumbers) {
        bend(source, &random)
        if options.stroke > 0 { changeStrokes(random.between(-options.stroke, options.stroke)) }
        if options.contrast > 0 { changeContrast(&random) }
        if options.lines > 0, random.unit() < options.lines { drawLine(&random) }
        if options.erase > 0, random.unit() < options.erase { eraseRectangle(&random) }
        if options.noise > 0 { addNoise(random.between(0, options.noise) * 255, &random) }
        for value in picture { out.append(UInt8(min(max(value, 0), 255))) }
    }

    /// Turns, shears, scales, shifts and bends: each pixel takes what lies at its place in the source.
    private mutating func bend(_ source: ArraySlice<UInt8>, _ random: inout RandomNumbers) {
        let angle = random.between(-options.rotation, options.rotation) * .pi / 180
        let shear = random.between(-options.shear, options.shear)
        let scaleX = 1 / (1 + random.between(-options.scale, options.scale))
        let scaleY = 1 / (1 + random.between(-options.scale, options.scale))
        let shiftX = random.between(-options.translate, options.translate)
        let shiftY = random.between(-options.translate, options.translate)
        let (c, s) = (cosf(angle), sinf(angle))
        let (xx, xy) = (scaleX * c, scaleX * (s + shear))
        let (yx, yy) = (-scaleY * s, scaleY * c)
        let grid = DisplacementGrid(options.elastic, &random)
        let (middleX, middleY) = (Float(width - 1) / 2, Float(height - 1) / 2)
        let first = source.startIndex
        for y in 0..<height {
            let v = Float(y) - middleY - shiftY
            let row = grid.row(Float(y) / Float(max(height - 1, 1)))
            for x in 0..<width {
                let u = Float(x) - middleX - shiftX
                let (dx, dy) = row.at(Float(x) / Float(max(width - 1, 1)))
                let placeX = xx * u + xy * v + middleX + dx
                let placeY = yx * u + yy * v + middleY + dy
                var value: Float = 0
                if placeX > -1, placeY > -1, placeX < Float(width), placeY < Float(height) {
                    let (left, top) = (Int(placeX + 1) - 1, Int(placeY + 1) - 1)
                    let (fx, fy) = (placeX - Float(left), placeY - Float(top))
                    func pixel(_ x: Int, _ y: Int) -> Float {
                        x >= 0 && y >= 0 && x < width && y < height ? Float(source[first + y * width + x]) : 0
                    }
                    let upper = pixel(left, top) * (1 - fx) + pixel(left + 1, top) * fx
                    let lower = pixel(left, top + 1) * (1 - fx) + pixel(left + 1, top + 1) * fx
                    value = upper * (1 - fy) + lower * fy
                }
                picture[y * width + x] = value
            }
        }
    }

    /// Moves the strokes' edges outwards, or inwards where `change` is negative: blends with the brightest or darkest neighbour.
    private mutating func changeStrokes(_ change: Float) {
        var rest = abs(change)
        while rest > 0 {
            let share = min(rest, 1)
            for y in 0..<height {
                for x in 0..<width {
                    let place = y * width + x
                    let here = picture[place]
                    let left = x > 0 ? picture[place - 1] : 0
                    let right = x + 1 < width ? picture[place + 1] : 0
                    let up = y > 0 ? picture[place - width] : 0
                    let down = y + 1 < height ? picture[place + width] : 0
                    let extreme =
                        change > 0 ? max(here, left, right, up, down) : min(here, left, right, up, down)
                    other[place] = here + share * (extreme - here)
                }
            }
            swap(&picture, &other)
            rest -= 1
        }
    }

    private mutating func changeContrast(_ random: inout RandomNumbers) {
        let peak = 1 - random.between(0, options.contrast)
        // Steeper or flatter about the middle.
        let slope = 1 + random.between(-options.contrast, 2 * options.contrast)
        for place in picture.indices {
            let value = picture[place] / 255
            picture[place] = 255 * peak * min(max(value <= 0 ? 0 : (value - 0.5) * slope + 0.5, 0), 1)
        }
    }

    private mutating func drawLine(_ random: inout RandomNumbers) {
        let isLevel = random.unit() < 0.5
        let length = isLevel ? width : height
        let other = isLevel ? height : width
        let start = random.between(0, Float(other))
        let slope = random.between(-0.15, 0.15)
        let (ink, half) = (random.between(60, 255), random.between(0.3, 0.8))
        let (from, to) = random.unit() < 0.5 ? (0, length) : (0, length / 3)
        for along in from..<to {
            let across = start + slope * Float(along)
            for place in max(0, Int(across) - 1)...max(0, Int(across) + 2) where place < other {
                let cover = min(max(half + 0.5 - abs(Float(place) - across), 0), 1)
                let index = isLevel ? place * width + along : along * width + place
                picture[index] = max(picture[index], ink * cover)
            }
        }
    }

    private mutating func eraseRectangle(_ random: inout RandomNumbers) {
        let w = min(width, Int(random.between(2, Float(width) / 5)))
        let h = min(height, Int(random.between(2, Float(height) / 5)))
        let (left, top) = (
            Int(random.between(0, Float(width - w))), Int(random.between(0, Float(height - h)))
        )
        for y in top..<top + h { for x in left..<left + w { picture[y * width + x] = 0 } }
    }

    private mutating func addNoise(_ deviation: Float, _ random: inout RandomNumbers) {
        for place in picture.indices {
            // Two numbers from one draw; their sum is close enough to a normal distribution.
            let bits = random.next()
            let (a, b) = (Float(bits & 0xFFFF), Float(bits >> 16 & 0xFFFF))
            picture[place] += deviation * ((a + b) / 65535 - 1) * 2.45
        }
    }
}

/// Displacements at the points of a grid of 5 × 5, between which they change evenly.
private struct DisplacementGrid {
    private static let side = 5
    private var x = [Float](repeating: 0, count: side * side)
    private var y = [Float](repeating: 0, count: side * side)

    init(_ most: Float, _ random: inout RandomNumbers) {
        guard most > 0 else { return }
        for place in x.indices {
            (x[place], y[place]) = (random.between(-most, most), random.between(-most, most))
        }
    }

    struct Row {
        var x, y: InlineArray<5, Float>

        func at(_ share: Float) -> (Float, Float) {
            let place = share * 4
            let left = min(Int(place), 3)
            let part = place - Float(left)
            return (x[left] + (x[left + 1] - x[left]) * part, y[left] + (y[left + 1] - y[left]) * part)
        }
    }

    /// The displacements along a row of the picture, at a share of its height.
    func row(_ share: Float) -> Row {
        let place = share * 4
        let top = min(Int(place), 3)
        let part = place - Float(top)
        var row = Row(x: InlineArray(repeating: 0), y: InlineArray(repeating: 0))
        for column in 0..<5 {
            let (upper, lower) = (top * 5 + column, (top + 1) * 5 + column)
            row.x[column] = x[upper] + (x[lower] - x[upper]) * part
            row.y[column] = y[upper] + (y[lower] - y[upper]) * part
        }
        return row
    }
}

extension RandomNumbers {
    /// A number uniformly distributed in [0, 1).
    mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

    mutating func between(_ low: Float, _ high: Float) -> Float { low + (high - low) * unit() }

    /// A number of the standard normal distribution, nearly: the sum of twelve.
    mutating func normal() -> Float {
        var sum: Float = -6
        for _ in 0..<12 { sum += unit() }
        return sum
    }
}
