import Tensors

/// A Dense layer right behind the samples whose units are computed in parts, some columns of its kernel each, so that threads can share
/// it while training. Mostly layers behind it that work on each unit alone go with their part, and the Dense layer behind those adds the
/// parts' products up: then threads hand over nothing but summands, and get nothing back but the gradient at the sum. Where
/// that is not so, what the parts compute is put side by side.
struct ColumnSplit {
    /// The call that brings the samples in.
    let input: Int
    /// The call of the Dense layer behind it.
    let first: Int
    /// Calls of layers that work on each unit alone, in order.
    let middle: [Int]
    /// The call of the Dense layer that adds the parts up; nil where they are put side by side.
    let last: Int?
    /// The units of each part.
    let units: [Range<Int>]

    /// Calls whose outputs are only there in parts.
    var inParts: [Int] { last == nil ? [] : [first] + middle }
    /// All calls that are computed in parts.
    var calls: [Int] { [first] + middle + (last.map { [$0] } ?? []) }
}

extension Model {
    /// What threads share while training: empty where they do better with samples of their own, as most is computed elsewhere.
    ///
    /// Sums in parts round otherwise than in one piece. So that the same bits come out of any number of threads, how many
    /// parts are added up depends on the layer alone, and is the same for one thread: a power of two, which threads can share evenly.
    /// What is put side by side is the same in any parts, so that each thread has one.
    func columnSplits(threads: Int) -> [ColumnSplit] {
        let areCheap = layers.allSatisfy {
            $0 is Dense || $0 is BatchNormalization || $0 is InputLayer || $0 is Rescaling || $0 is Flatten
                || $0 is Reshape || $0 is Dropout || $0 is GaussianNoise || $0 is ActivationLayer
                || $0 is Normalization || $0 is LayerNormalization || $0 is Concatenate
        }
        guard areCheap else { return [] }
        var planner = Planner(self, rows: 1, training: true)
        planner.placeActivations()
        planner.placeGradients()
        // Of each call who reads it, and of each layer how often it is called: once, as a chain may be long.
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
                    let dense = layers[layer] as? Dense, dense.activityPenalty == nil, dense.units >= 64,
                    let kernel = weightSpecs[layer].first, isTrainable(layer: layer, weight: 0),
                    kernel.regularizer == nil, kernel.constraint == nil
                else { continue }
                shared += kernel.count
                var (count, middle, last) = (min(threads, dense.units / 32), [Int](), Int?.none)
                // Narrower parts are not worth their sum.
                if dense.units >= 256, let way = wayToSum(from: first, readers: readers, uses: uses) {
                    (count, middle, last) = (
                        dense.units < 512 ? 2 : dense.units < 1024 ? 4 : 8, way.middle, way.last
                    )
                }
                guard count > 1 else { continue }
                let panels = Panels(rows: 1, columns: dense.units, panels: count, aligned: true)
                splits.append(
                    ColumnSplit(
                        input: input, first: first, middle: middle, last: last,
                        units: panels.all.map(\.columns)))
            }
        }
        let all = calls.reduce(0) { sum, call in
            layers[call.layer] is Dense ? sum + (weightSpecs[call.layer].first?.count ?? 0) : sum
        }
        return 3 * shared >= all ? splits : []
    }

    /// Whether training gives the same bits whatever the number of threads.
    public var trainsAlikeOnThreads: Bool { !columnSplits(threads: 2).isEmpty }

    /// The calls between a Dense layer and the next, if all of them work on each unit alone.
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
            if let dense = layers[calls[next].layer] as? Dense {
                return dense.activation == .glu ? nil : (middle, next)
            }
            middle.append(next)
            current = next
        }
    }

    /// Whether a call computes each unit from the same unit of its input, or of its product, alone.
    private func isElementwise(_ call: Int) -> Bool {
        let layer = layers[calls[call].layer]
        switch layer {
        case let dense as Dense: return dense.activation.isElementwise
        case let layer as ActivationLayer: return layer.activation.isElementwise
        case let dropout as Dropout: return dropout.noiseShape == nil
        case is GaussianNoise: return true
        case is BatchNormalization:
            return weightSpecs[calls[call].layer].allSatisfy { $0.shape == shapes[call] }
        default: return false
        }
    }
}
