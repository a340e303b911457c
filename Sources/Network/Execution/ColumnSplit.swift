import Tensors

/// The division of the layer that reads the samples into parts of its units (columns of its kernel), so that
/// threads can share it in training. In most networks, the elementwise layers after it are divided with it,
/// and the next divisible layer adds up the parts' products: then threads exchange only summands and the
/// gradient at the sum. This is tensor parallelism with a column-parallel and a row-parallel layer. Otherwise
/// the parts' outputs are concatenated.
struct ColumnSplit {
    /// The call that provides the samples.
    let input: Int
    /// The call of the divisible layer that reads them.
    let first: Int
    /// The calls of the elementwise layers after it, in order.
    let middle: [Int]
    /// The call that adds up the parts; nil if they are concatenated.
    let last: Int?
    /// The units of each part.
    let units: [Range<Int>]

    /// The calls whose outputs exist only in parts.
    var inParts: [Int] { last == nil ? [] : [first] + middle }
    /// All calls that are computed in parts.
    var calls: [Int] { [first] + middle + (last.map { [$0] } ?? []) }
}

extension Model {
    /// Returns the layers that threads share in training. There are none if other layers do most of the
    /// computation: then each thread should have its own samples.
    ///
    /// A sum of parts is rounded differently from an undivided sum. To get the same bits with any number of
    /// threads, the number of summands depends only on the layer: it is a power of two, which threads can
    /// share evenly. Concatenated parts give the same bits in any number, so each thread has one.
    func columnSplits(threads: Int) -> [ColumnSplit] {
        guard layers.allSatisfy({ type(of: $0).isCheap }) else { return [] }
        var planner = Planner(self, rows: 1, training: true)
        planner.placeActivations()
        planner.placeGradients()
        // The readers of each call and the number of calls of each layer are computed once, because a chain
        // may be long.
        var readers = [[Int]](repeating: [], count: calls.count)
        var uses = [Int](repeating: 0, count: layers.count)
        for (index, call) in calls.enumerated() {
            uses[call.layer] += 1
            for input in call.inputs { readers[input].append(index) }
        }
        var (splits, shared) = ([ColumnSplit](), 0)
        for input in inputs {
            for first in planner.readersOfZeros(of: input) {
                let layer = calls[first].layer
                guard uses[layer] == 1, planner.gradients[first] != nil, isElementwise(first),
                    let divisible = layers[layer].divisible, divisible.canBeDivided, divisible.units >= 64,
                    let kernel = weightSpecs[layer].first, isTrainable(layer: layer, weight: 0),
                    kernel.regularizer == nil, kernel.constraint == nil
                else { continue }
                shared += kernel.count
                let units = divisible.units
                var (count, middle, last) = (min(threads, units / 32), [Int](), Int?.none)
                // Narrower parts do not save enough time to pay for their sum.
                if units >= 256, let way = wayToSum(from: first, readers: readers, uses: uses) {
                    (count, middle, last) = (units < 512 ? 2 : units < 1024 ? 4 : 8, way.middle, way.last)
                }
                guard count > 1 else { continue }
                let panels = Panels(rows: 1, columns: units, panels: count, aligned: true)
                splits.append(
                    ColumnSplit(
                        input: input, first: first, middle: middle, last: last,
                        units: panels.all.map(\.columns)))
            }
        }
        let all = calls.reduce(0) { sum, call in
            layers[call.layer].divisible == nil ? sum : sum + (weightSpecs[call.layer].first?.count ?? 0)
        }
        return 3 * shared >= all ? splits : []
    }

    /// True if training gives the same bits with any number of threads.
    public var trainsAlikeOnThreads: Bool { !columnSplits(threads: 2).isEmpty }

    /// Returns the calls between a divisible layer and the next one, if all of them are elementwise.
    private func wayToSum(
        from first: Int, readers: [[Int]], uses: [Int]
    ) -> (middle: [Int], last: Int)? {
        var (current, middle) = (first, [Int]())
        while true {
            guard readers[current].count == 1, !outputs.contains(current), shapes[current].count == 1,
                maskShapes[current] == nil, isElementwise(current), !calls[readers[current][0]].atInference
            else { return nil }
            let next = readers[current][0]
            guard uses[calls[next].layer] == 1, calls[next].inputs.count == 1 else { return nil }
            if let divisible = layers[calls[next].layer].divisible {
                return divisible.canAddParts ? (middle, next) : nil
            }
            middle.append(next)
            current = next
        }
    }

    private func isElementwise(_ call: Int) -> Bool { layers[calls[call].layer].isElementwise(shapes[call]) }
}
