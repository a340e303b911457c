import Base

/// The calls of a model whose MultiHeadAttention ends the masks of its inputs.
///
/// In Keras 3.8 and later, a call of MultiHeadAttention takes the masks off the tensors that it is given. Calls after it find
/// none there, except those for which the file records the mask as an argument. Which call is first is Keras' order of
/// execution. In Cellar a mask belongs to a tensor as long as there is the tensor, so where a call would find another mask, it
/// reads the tensor through a `MaskChange`.
struct MaskRemovals {
    /// Added behind the layers of the structure and before the parts of outputs.
    private(set) var added: [any Layer] = []
    private(set) var calls: [Model.Call] = []
    private(set) var inputs: [Int] = []
    private(set) var outputs: [Int] = []
    /// The count of all layers.
    let layerCount: Int
    /// The first layer that computes with another mask than it would if masks did not end.
    let layer: Int
    /// True if the masks are others while the model is trained.
    let differInTraining: Bool

    /// Nil if no call computes with another mask than it would if masks did not end.
    init?(_ model: Model) throws(CellarError) {
        guard model.layers.contains(where: \.endsMasksOfInputs) else { return nil }
        let sources = model.maskSources
        let walk = MaskWalk(model, sources: sources, training: false)
        try walk.refuseUncertain(model)
        guard let first = walk.firstDifference(model, sources) else { return nil }
        let subject = model.layers[model.calls[first].layer].subject
        guard !model.structure.containsModel else {
            throw CellarError(
                "computes with a mask that MultiHeadAttention of Keras 3 ends for it, in a model with models inside, which is "
                    + "not supported", subject: subject)
        }
        layer = model.calls[first].layer
        let trained = MaskWalk(model, sources: sources, training: true)
        // The loss leaves out what the mask of an output hides.
        differInTraining =
            trained.given != walk.given || model.outputs.contains { trained.last[$0] != walk.made[$0] }
        let changes = walk.changes(model).count
        layerCount = model.layers.count + changes
        rewrite(model, walk, changes)
    }

    private mutating func rewrite(_ model: Model, _ walk: MaskWalk, _ changes: Int) {
        let own = model.structure.layers.count
        var numbers: [Int] = []
        var made: [MaskWalk.Change: Int] = [:]
        for (index, call) in model.calls.enumerated() {
            var changed = call
            if call.layer >= own { changed.layer += changes }
            changed.inputs = []
            for (place, input) in call.inputs.enumerated() {
                let mask = walk.given[index][place]
                let change = MaskWalk.Change(tensor: input, mask: mask)
                guard mask != walk.made[input] else {
                    changed.inputs.append(numbers[input])
                    continue
                }
                if made[change] == nil {
                    made[change] = calls.count
                    let sources = [numbers[input]] + (mask.map { [numbers[$0]] } ?? [])
                    calls.append(Model.Call(layer: own + added.count, inputs: sources, recordsMask: true))
                    added.append(
                        MaskChange(of: model.layers[model.calls[input].layer], takesOther: mask != nil))
                }
                changed.inputs.append(made[change] ?? 0)
            }
            numbers.append(calls.count)
            calls.append(changed)
        }
        (inputs, outputs) = (model.inputs.map { numbers[$0] }, model.outputs.map { numbers[$0] })
    }
}

/// The masks that the calls of a model find in Keras 3, each by the call that made it; nil for none.
private struct MaskWalk {
    struct Change: Hashable {
        let tensor: Int
        let mask: Int?
    }

    /// For each call, the masks of its inputs.
    private(set) var given: [[Int?]] = []
    /// For each call, the mask of its output when it is made, and that at the end of all calls.
    private(set) var made: [Int?] = []
    private(set) var last: [Int?] = []
    /// The calls that make a mask of others than they would if masks did not end.
    private(set) var isUncertain: [Bool] = []

    /// - sources: The masks of all tensors if masks did not end.
    init(_ model: Model, sources: [Int?], training: Bool) {
        // Keras has one object for the input and the output of a layer that returns what it is given.
        var objects: [Int] = []
        var masks: [Int: Int] = [:]
        for (index, call) in model.calls.enumerated() {
            let layer = model.layers[call.layer]
            let found = call.inputs.map { input -> Int? in
                let recorded = sources[input]
                let isRecorded =
                    call.recordsMask && recorded.map { model.calls[$0].container == call.container } ?? false
                return isRecorded ? recorded : masks[objects[input]]
            }
            given.append(found)
            isUncertain.append(found != call.inputs.map { sources[$0] } && sources[index] == index)
            let isAlias =
                !call.inputs.isEmpty && layer.returnsItsInput(training: training && !call.atInference)
            objects.append(isAlias ? objects[call.inputs[0]] : index)
            let source = model.maskSource(of: index, given: found)
            if !isAlias { masks[index] = source }
            made.append(source)
            if layer.endsMasksOfInputs {
                for input in call.inputs { masks[objects[input]] = nil }
            }
        }
        last = objects.map { masks[$0] }
    }

    /// Throws an error if a call computes with a mask of others, one of which was ended.
    func refuseUncertain(_ model: Model) throws(CellarError) {
        for (index, call) in model.calls.enumerated() {
            let layer = model.layers[call.layer]
            guard layer.usesMasks, given[index].contains(where: { $0.map { isUncertain[$0] } ?? false })
            else {
                continue
            }
            throw CellarError(
                "computes with a join of masks, one of which MultiHeadAttention of Keras 3 ended, which is not supported",
                subject: layer.subject)
        }
    }

    /// Returns the first call that computes with another mask than it would if masks did not end.
    func firstDifference(_ model: Model, _ sources: [Int?]) -> Int? {
        model.calls.indices.first { index in
            let call = model.calls[index]
            return model.layers[call.layer].usesMasks && given[index] != call.inputs.map { sources[$0] }
        }
    }

    /// Returns the tensors that are read with another mask than they were made with.
    func changes(_ model: Model) -> Set<Change> {
        var changes: Set<Change> = []
        for (index, call) in model.calls.enumerated() {
            for (place, input) in call.inputs.enumerated() where given[index][place] != made[input] {
                changes.insert(Change(tensor: input, mask: given[index][place]))
            }
        }
        return changes
    }
}
