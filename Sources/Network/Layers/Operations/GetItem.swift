import Base
import Tensors

/// Indexing and slicing of samples, such as Python's `x[:, 0]`, `x[..., ::-1]` or `x[:, None]`.
/// `tf.expand_dims` and `tf.squeeze` of an axis are equivalent.
public struct GetItem: StatelessLayer {
    public static let className = "GetItem"
    public var name = "get_item"
    public var trainable = true
    /// The entries in the brackets. The first one is for the batch axis, which is taken whole.
    public var key: [IndexEntry]

    public enum IndexEntry: Equatable, Sendable {
        case index(Int)
        case range(start: Int?, stop: Int?, step: Int)
        /// A new axis of size 1.
        case new
        /// All axes that have no entry, taken whole.
        case rest

        public static let all = IndexEntry.range(start: nil, stop: nil, step: 1)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        guard let items = config.value("key")?.array else { throw config.error("key is missing", key: "key") }
        key = []
        for item in items {
            switch item {
            case .null: key.append(.new)
            case "...": key.append(.rest)
            case .object(let range):
                let step = range["step"]?.int ?? 1
                guard step != 0,
                    [range["start"], range["stop"]].allSatisfy({ $0?.isNull ?? true || $0?.int != nil }),
                    range["step"]?.isNull ?? true || range["step"]?.int != nil
                else {
                    throw config.error("key has \(item.text().prefix(80)), which is no range", key: "key")
                }
                key.append(.range(start: range["start"]?.int, stop: range["stop"]?.int, step: step))
            default:
                guard let index = item.int else {
                    throw config.error("key has \(item.text().prefix(80)), which is no place", key: "key")
                }
                key.append(.index(index))
            }
        }
        guard key.first == .all || key.first == .rest else {
            throw config.error(
                "takes some samples of the batch, or puts an axis before them, which is not supported",
                key: "key")
        }
        guard key.count(where: { $0 == .rest }) <= 1 else {
            throw config.error("key has more than one \"...\"", key: "key")
        }
    }

    public var config: JSONObject {
        [
            "key": .array(
                key.map { place in
                    switch place {
                    case .index(let index): .integer(index)
                    case .range(let start, let stop, let step):
                        [
                            "start": start.map { .integer($0) } ?? .null,
                            "stop": stop.map { .integer($0) } ?? .null,
                            "step": step == 1 ? .null : .integer(step),
                        ]
                    case .new: .null
                    case .rest: "..."
                    }
                })
        ]
    }

    /// One axis that is read: its size, its stride, and whether it is an axis of the output.
    private struct Axis {
        var size: Int
        var stride: Int
        var isKept = true
    }

    /// The entries for all axes of a sample, with whole ranges for axes without an entry; none of them is
    /// `rest`.
    public func spelledOut(for shape: [Int]) throws(CellarError) -> [IndexEntry] {
        // The entry of the batch axis is left out.
        var places = key.first == .rest ? key : Array(key.dropFirst())
        let spoken = places.count { $0 != .new && $0 != .rest }
        guard spoken <= shape.count else {
            throw CellarError(
                "takes \(spoken) axes of the input \(shape), which has \(shape.count)", subject: subject,
                key: "key")
        }
        let whole = Array(repeating: IndexEntry.all, count: shape.count - spoken)
        if let rest = places.firstIndex(of: .rest) {
            places.replaceSubrange(rest...rest, with: whole)
        } else {
            places += whole
        }
        return places
    }

    private func read(_ shape: [Int]) throws(CellarError) -> (axes: [Axis], start: Int) {
        let places = try spelledOut(for: shape)
        var (axes, start, axis): ([Axis], Int, Int) = ([], 0, 0)
        for place in places {
            if place == .new {
                axes.append(Axis(size: 1, stride: 0))
                continue
            }
            let (size, stride) = (shape[axis], shape[(axis + 1)...].reduce(1, *))
            axis += 1
            switch place {
            case .index(let index):
                let found = index < 0 ? index + size : index
                guard (0..<size).contains(found) else {
                    throw CellarError(
                        "takes place \(index) of an axis of \(size)", subject: subject, key: "key")
                }
                start += found * stride
                axes.append(Axis(size: 1, stride: 0, isKept: false))
            case .range(let from, let to, let step):
                let range = Self.indices(from, to, step, of: size)
                start += range.first * stride
                // The step of a single element has no effect and may be arbitrarily large.
                axes.append(Axis(size: range.count, stride: range.count > 1 ? step * stride : 0))
            case .new, .rest: break
            }
        }
        return (axes, start)
    }

    /// Python's `slice.indices`: the start and the number of elements of a range in an axis of `size`.
    private static func indices(_ start: Int?, _ stop: Int?, _ step: Int, of size: Int) -> (
        first: Int, count: Int
    ) {
        func place(_ given: Int?, standard: Int) -> Int {
            guard let given else { return standard }
            let (low, high) = step > 0 ? (0, size) : (-1, size - 1)
            return min(max(given < 0 ? max(given, -size - 1) + size : given, low), high)
        }
        let first = place(start, standard: step > 0 ? 0 : size - 1)
        let end = place(stop, standard: step > 0 ? size : -1)
        let (length, stride) = step > 0 ? (end - first, step) : (first - end, step == .min ? .max : -step)
        return length <= 0 ? (0, 0) : (first, (length - 1) / stride + 1)
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try read(try onlyShape(inputs)).axes.filter(\.isKept).map(\.size)
        guard !shape.isEmpty else {
            throw CellarError(
                "takes one number of a sample, without an axis left", subject: subject, key: "key")
        }
        guard !shape.contains(0) else {
            throw CellarError("takes nothing of the input \(inputs[0])", subject: subject, key: "key")
        }
        return shape
    }

    /// Calls `body` for each number of the output with its index in the input and in the output.
    private func eachPlace(_ call: CallMemory, _ body: (_ from: Int, _ to: Int) -> Void) {
        guard let (axes, start) = try? read(call.inputShapes[0]) else {
            preconditionFailure("checked where the shape was inferred")
        }
        let (size, width) = (call.outputSize, call.inputShapes[0].reduce(1, *))
        var counters = axes.map { _ in 0 }
        for row in 0..<call.rows {
            var place = row * width + start
            for number in 0..<size {
                body(place, row * size + number)
                // Advances to the next index; the last axis changes fastest.
                for axis in axes.indices.reversed() {
                    counters[axis] += 1
                    place += axes[axis].stride
                    if counters[axis] < axes[axis].size { break }
                    counters[axis] = 0
                    place -= axes[axis].stride * axes[axis].size
                }
            }
        }
    }

    public func forward(_ call: CallMemory) {
        let (x, y) = (call.x(), call.y)
        eachPlace(call) { from, to in y[to] = x[from] }
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        let dy = call.dy
        dx.fill(0)
        eachPlace(call) { from, to in dx[from] += dy[to] }
    }
}
