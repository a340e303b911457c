import HDF5
import Base
import Network
import Tensors

/// The stored arrays of an optimizer, in order.
struct StateArrays {
    var names: [String]
    /// True in Keras 3's layout, where they are numbered; elsewhere their names identify them.
    var areNumbered = false
    var dataset: (String) throws -> HDF5Dataset

    /// Reads `/optimizer_weights` of an `.h5`.
    init(named group: HDF5Group) throws {
        names = try nameList(group.attributes, "weight_names", of: "optimizer_weights", optional: true)
        // The state of a loss-scaling wrapper, four numbers, comes first.
        if let last = names.prefix(4).lastIndex(where: { $0.hasSuffix("/dynamic_scale") }) {
            names.removeFirst(last + 1)
        }
        dataset = { try group.dataset(named: $0) }
    }

    /// Reads `/optimizer/vars` of Keras 3's layout.
    init(numbered group: HDF5Group) throws {
        names = (0..<(try group.childNames().count)).map(String.init)
        areNumbered = true
        dataset = { try group.dataset(named: $0) }
    }
}

/// The order in which a generation stores optimizer state.
struct StateLayout {
    /// The number of arrays before the slots: the step count, the learning rate, Nadam's product.
    var leading: Int
    /// The index of the learning rate among those arrays.
    var learningRate: Int?
    /// True if the first two slots alternate by weight; otherwise the first slot of all weights precedes the
    /// second. A third slot always follows as a whole.
    var interleaves: Bool

    init(_ arrays: StateArrays, optimizer: any Optimizer, generation: Generation, hasSchedule: Bool) {
        let name = optimizer.className
        let isNew: Bool
        if arrays.areNumbered {
            // tf_keras stores the rate only in its config, and so does Keras 3 with a schedule.
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
            // Keras 1 and Theano store no names; these optimizers had no step count there.
            if leading == 0, generation.major < 3, !["RMSprop", "Adagrad", "Adadelta"].contains(name) {
                leading = 1
            }
        }
        // AdamW exists only in newer versions, whatever the name of the step count.
        interleaves = ["Ftrl", "AdamW"].contains(name) || isNew && Self.pairs(name)
    }

    /// Keras 3's layout, for writing.
    init(keras3 optimizer: any Optimizer) {
        leading = 2
        learningRate = 1
        interleaves = Self.pairs(optimizer.className)
    }

    /// The `.h5` layout, for writing.
    init(h5 optimizer: any Optimizer) {
        leading = 1
        interleaves =
            optimizer.className == "Ftrl" || optimizer.isNewInFile && Self.pairs(optimizer.className)
    }

    private static func pairs(_ className: String) -> Bool {
        ["Adam", "AdamW", "Adamax", "Nadam", "Adadelta", "Ftrl"].contains(className)
    }

    /// Returns the position of a slot of a weight, relative to the first slot.
    func place(slot: Int, weight: Int, of weights: Int) -> Int {
        interleaves && slot < 2 ? 2 * weight + slot : slot * weights + weight
    }
}

/// The optimizer state, if it fits the model. Otherwise training starts with a new state, as in Keras.
struct ReadState {
    var state: OptimizerState?
    /// The current learning rate, if it is stored with the slots.
    var learningRate: Double?
    /// True if the optimizer has made no step.
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
            // The limit is far above any training and leaves room to count in 32 bits.
            guard (0..<1 << 30).contains(iterations) else {
                throw CellarError(.badData, "the optimizer has an invalid step count: \(iterations)")
            }
        }
        let slotCount = optimizer.slotNames.count
        // Without momentum, some generations store an unused slot.
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

/// The stored arrays that training changes: one per weight, unless the generation has another layout.
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

    /// Sorts by name, Keras 1's order across layers.
    mutating func sortByName() { arrays.sort { $0.name < $1.name } }

    var shapes: [[Int]] { arrays.map(\.shape) }

    /// Returns the arrays of one slot in the order and shapes of the model's weights; nil if they cannot be
    /// converted.
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
