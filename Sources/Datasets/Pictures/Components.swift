/// An 8-connected set of pixels.
struct Component {
    var area = 0
    var left, top: Int
    var right = -1
    var bottom = -1
    /// The sum of the pixels' ink.
    var mass: Float = 0

    var width: Int { right - left + 1 }
    var height: Int { bottom - top + 1 }

    mutating func add(_ x: Int, _ y: Int, _ ink: Float) {
        area += 1
        mass += ink
        (left, right) = (min(left, x), max(right, x))
        (top, bottom) = (min(top, y), max(bottom, y))
    }

    /// Returns true for a level bar at the left of a digit, at about the middle of its height.
    func isMinus(before digit: Component) -> Bool {
        let below = top + bottom - 2 * digit.top
        return right < digit.left && width * 10 >= height * 18 && height * 4 <= digit.height
            && width * 100 >= digit.height * 18
            && below * 10 >= digit.height * 6 && below * 10 <= digit.height * 14
    }

    func touchesBorder(_ width: Int, _ height: Int) -> Bool {
        left <= 0 || top <= 0 || right >= width - 1 || bottom >= height - 1
    }
}

/// The connected components of a mask.
struct Components {
    let width, height: Int
    /// The component of each pixel, or -1.
    private(set) var labels: [Int32]
    private(set) var all: [Component] = []

    /// - ink: The weight of each pixel.
    init(width: Int, height: Int, ink: [Float], eightConnected: Bool = true, where isIn: (Int) -> Bool) {
        (self.width, self.height) = (width, height)
        labels = [Int32](repeating: -1, count: width * height)
        // -2: in the mask, not visited.
        for index in labels.indices where isIn(index) { labels[index] = -2 }
        var waiting: [Int] = []
        for seed in labels.indices where labels[seed] == -2 {
            var component = Component(left: width, top: height)
            let number = Int32(all.count)
            labels[seed] = number
            waiting.append(seed)
            while let index = waiting.popLast() {
                let y = index / width
                let x = index - y * width
                component.add(x, y, ink[index])
                for nextY in max(y - 1, 0)...min(y + 1, height - 1) {
                    for nextX in max(x - 1, 0)...min(x + 1, width - 1) {
                        let next = nextY * width + nextX
                        guard labels[next] == -2, eightConnected || nextX == x || nextY == y else { continue }
                        labels[next] = number
                        waiting.append(next)
                    }
                }
            }
            all.append(component)
        }
    }
}

extension Components {
    /// The pixels between the first and the last one of a component in each row, or in each column, whichever are more: the area of
    /// a shape without bays and holes, and more than that of a digit of thick strokes.
    func spannedArea(_ label: Int32) -> Int {
        var (rows, columns) = (
            [ClosedRange<Int>?](repeating: nil, count: height),
            [ClosedRange<Int>?](repeating: nil, count: width)
        )
        func add(_ place: Int, to span: inout ClosedRange<Int>?) {
            span = span.map { min($0.lowerBound, place)...max($0.upperBound, place) } ?? place...place
        }
        for index in labels.indices where labels[index] == label {
            add(index % width, to: &rows[index / width])
            add(index / width, to: &columns[index % width])
        }
        return [rows, columns].map { $0.reduce(0) { $0 + ($1?.count ?? 0) } }.max() ?? 0
    }
}
