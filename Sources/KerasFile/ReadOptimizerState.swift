import HDF5
import Base
import Network
import Tensors

/// The arrays that a file keeps for an optimizer, in order.
struct StateArrays {
    var names: [String]
    /// Keras 3 numbers them in its own layout; elsewhere their names tell what they are.
    var areNumbered = false
    var dataset: (String) throws -> HDF5Dataset

    /// `/optimizer_weights` of an `.h5`.
    init(named group: HDF5Group) throws {
        names = try nameList(group.attributes, "weight_names", of: "optimizer_weights", optional: true)
        // In front of the optimizer's own: what scales the loss around it, four numbers.
        if let last = names.prefix(4).lastIndex(where: { $0.hasSuffix("/dynamic_scale") }) {
            names.removeFirst(last + 1)
        }
        dataset = { try group.dataset(named: $0) }
    }

    /// `/optimizer/vars` of Keras 3's layout.
    init(numbered group: HDF5Group) throws {
        names = (0..<(try group.childNames().count)).map(String.init)
        areNumbered = true
        dataset = { try group.dataset(named: $0) }
    }
}

/// How a generation orders what its optimizers remember.
struct StateLayout {
    /// What stands in front of the slots: the count of steps, the learning rate, Nadam's product.
    var leading: Int
    /// Which of those is the learning rate.
    var learningRate: Int?
    /// Whether the first two slots take turns, weight by weight; otherwise all weights have the first slot, then the
    /// second. A third always follows as a whole.
    var interleaves: Bool

    init(_ arrays: StateArrays, optimizer: any Optimizer, generation: Generation, hasSchedule: Bool) {
        let name = optimizer.className
        let isNew: Bool
        if arrays.areNumbered {
            // tf_keras keeps the rate in its config alone; where a schedule makes it, so does Keras 3.
            learningRate = generation.major >= 3 && !hasSchedule ? 1 : nil
            leading = learningRate == nil ? 1 : 2
            isNew = true
        } else {
            let words = arrays.names.prefix(3).map { path in
                path.split(separator: "/").last.map { $0.split(separator: ":").first.map(String.init) ?? "" }
                    ?? ""
            }
            let scalars = [
                "iter", "iteration", "iterations", "learning_rate", "momentum_cache", "m_schedule",
            ]
            leading = words.prefix { scalars.contains($0) }.count
            learningRate = words.prefix(leading).firstIndex(of: "learning_rate")
            isNew = words.first == "iteration"
            // Keras 1 and Theano give no names; these kept no count of steps there.
            if leading == 0, generation.major < 3, !["RMSprop", "Adagrad", "Adadelta"].contains(name) {
                leading = 1
            }
        }
        // There is no old AdamW, whatever the count of steps is called.
        interleaves = ["Ftrl", "AdamW"].contains(name) || isNew && Self.pairs(name)
    }

    /// That of Keras 3, for writing.
    init(keras3 optimizer: any Optimizer) {
        leading = 2
        learningRate = 1
        interleaves = Self.pairs(optimizer.className)
    }

    /// That of an `.h5`, for writing.
    init(h5 optimizer: any Optimizer) {
        leading = 1
        interleaves =
            optimizer.className == "Ftrl" || optimizer.isNewInFile && Self.pairs(optimizer.className)
    }

    private static func pairs(_ className: String) -> Bool {
        ["Adam", "AdamW", "Adamax", "Nadam", "Adadelta", "Ftrl"].contains(className)
    }

    /// Where a slot of a weight stands, counted from the first slot's.
    func place(slot: Int, weight: Int, of weights: Int) -> Int {
        interleaves && slot < 2 ? 2 * weight + slot : slot * weights + weight
    }
}

/// What an optimizer remembers, as far as it fits the model: Keras starts afresh where it does not, and so do we.
struct ReadState {
    var state: OptimizerState?
    /// The rate that it had come to, where the file keeps it beside the slots.
    var learningRate: Double?
    /// Nothing is remembered yet: it has made no step.
    var isFresh = false

    init(
        _ arrays: StateArrays, optimizer: any Optimizer, model: Model, stored: [StoredLayer],
        generation: Generation, hasSchedule: Bool
    ) throws {
        let layout = StateLayout(
            arrays, optimizer: optimizer, generation: generation, hasSchedule: hasSchedule)
        guard arrays.names.count >= layout.leading, !arrays.names.isEmpty else { return }
        func scalar(_ index: Int) throws -> HDF5Dataset? {
            let dataset = try arrays.dataset(arrays.names[index])
            return dataset.shape == [] ? dataset : nil
        }
        if let index = layout.learningRate {
            learningRate = try scalar(index)?.readFloats(shape: []).first.map(Double.init)
        }
        var iterations = 0
        if layout.leading > 0 {
            guard let dataset = try scalar(0) else { return }
            iterations = Int(try dataset.readInt64s(shape: []).first ?? 0)
            // Far beyond any training, and with room to go on counting in 32 bits.
            guard (0..<1 << 30).contains(iterations) else {
                throw CellarError(.badData, "the optimizer has made \(iterations) steps, which cannot be")
            }
        }
        let slotCount = optimizer.slotNames.count
        // Without momentum, some generations store a slot for it that is never used.
        if slotCount == 0 {
            state = OptimizerState(iterations: iterations, slots: [])
            return
        }
        var trained = TrainedArrays(model, stored)
        if generation.major < 2 { trained.sortByName() }
        let body = arrays.names.dropFirst(layout.leading)
        isFresh = body.isEmpty && iterations == 0
        guard body.count >= slotCount * trained.shapes.count else { return }

        var slots: [[Tensor]] = []
        for slot in 0..<slotCount {
            var tensors: [Tensor] = []
            for (weight, shape) in trained.shapes.enumerated() {
                let place = layout.place(slot: slot, weight: weight, of: trained.shapes.count)
                let dataset = try arrays.dataset(body[body.startIndex + place])
                guard dataset.shape == shape else { return }
                tensors.append(Tensor(shape: shape, values: try dataset.readFloats(shape: shape)))
            }
            guard let converted = try trained.converted(tensors) else { return }
            slots.append(converted)
        }
        state = OptimizerState(iterations: iterations, slots: slots)
    }
}

/// The arrays that training changes, as the file has them: one for each weight, unless its generation lays them out in
/// another way.
private struct TrainedArrays {
    private struct Array {
        var layer: Int
        var place: Int
        var name: String
        var shape: [Int]
    }

    private let layers: [StoredLayer]
    private var arrays: [Array] = []

    init(_ model: Model, _ stored: [StoredLayer]) {
        layers = stored
        for layer in stored {
            for (place, array) in layer.arrays.enumerated() {
                let weight = layer.conversion == nil ? place : 0
                guard model.weightSpecs[layer.layer].indices.contains(weight),
                    model.isTrainable(layer: layer.layer, weight: weight)
                else { continue }
                arrays.append(
                    Array(layer: layer.layer, place: place, name: array.name, shape: layer.shapes[place]))
            }
        }
    }

    /// Keras 1 orders them so, whatever layer they are of.
    mutating func sortByName() { arrays.sort { $0.name < $1.name } }

    var shapes: [[Int]] { arrays.map(\.shape) }

    /// One slot's arrays, in the order of the model's weights and in their shapes. Nil where that cannot be.
    func converted(_ tensors: [Tensor]) throws -> [Tensor]? {
        var byLayer: [[(place: Int, tensor: Tensor)]] = layers.map { _ in [] }
        for (array, tensor) in zip(arrays, tensors) { byLayer[array.layer].append((array.place, tensor)) }
        var result: [Tensor] = []
        for layer in layers {
            let own = byLayer[layer.layer].sorted { $0.place < $1.place }.map(\.tensor)
            guard let conversion = layer.conversion, !own.isEmpty else {
                result += own
                continue
            }
            guard conversion.rearranges, own.count == layer.arrays.count else { return nil }
            result += try conversion(own)
        }
        return result
    }
}
