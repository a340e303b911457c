/// The calls that masks reach, where they come from, and the rules that join them.
extension Model {
    /// Returns true if any input of a layer's calls has a mask.
    public func receivesMask(layer: Int) -> Bool {
        calls.contains { $0.layer == layer && $0.inputs.contains { maskShapes[$0] != nil } }
    }

    /// Returns true if any call of a layer has initial states and a sequence with a mask.
    public func receivesMaskWithStates(layer: Int) -> Bool {
        calls.contains { $0.layer == layer && $0.inputs.count > 1 && maskShapes[$0.inputs[0]] != nil }
    }

    /// Returns the rule by which a layer joins masks of different inputs; nil if another rule would give the same results.
    public func maskJoin(layer: Int) -> MaskJoin? {
        let joining = calls.indices.filter { index in
            calls[index].layer == layer && rule(of: index, sameMasks: false) != nil
                && calls[index].inputs.contains { maskShapes[$0] != nil }
        }
        guard !joining.isEmpty else { return nil }
        let sources = maskSources
        return joining.lazy.compactMap { index in
            // Equal masks join to the same mask, unless to none.
            let isSame =
                rule(of: index, sameMasks: false) != MaskJoin.none
                && Set(calls[index].inputs.map { sources[$0] }).count == 1
            guard let rule = rule(of: index, sameMasks: isSame) else { return nil }
            return changesMaskAlone(index) && !isMaskUsed(of: index) ? nil : rule
        }.first
    }

    private func rule(of index: Int, sameMasks: Bool) -> MaskJoin? {
        let call = calls[index]
        return layers[call.layer].maskJoin(
            sameMasks: sameMasks, rank: call.inputs.first.map { shapes[$0].count } ?? 0)
    }

    /// True if the rule by which a call joins masks does not change its values.
    private func changesMaskAlone(_ index: Int) -> Bool { rule(of: index, sameMasks: true) == nil }

    /// True if anything computes with a mask of the steps of a call's output.
    private func isMaskUsed(of index: Int) -> Bool {
        var masks = [[Int]?](repeating: nil, count: calls.count)
        masks[index] = Array(shapes[index].dropLast())
        for reader in calls.indices.dropFirst(index + 1) {
            let call = calls[reader]
            let given = call.inputs.map { masks[$0] }
            guard given.contains(where: { $0 != nil }) else { continue }
            let layer = layers[call.layer]
            if layer.usesMasks { return true }
            masks[reader] =
                switch layer.mask(for: call.inputs.map { shapes[$0] }, masks: given) {
                case .ends: nil
                case .passes: given[0]
                case .takes(let input): given[input]
                case .makes(let shape): shape
                }
        }
        return outputs.contains { masks[$0] != nil }
    }

    /// The generation of Keras whose rules make the model's masks; nil if the other one's make the same.
    public var maskForm: MaskForm? {
        stepModelForms.first
            ?? calls.lazy.compactMap { call in
                layers[call.layer].maskForm(
                    for: call.inputs.map { shapes[$0] }, masks: call.inputs.map { maskShapes[$0] })
            }.first
    }

    /// For each call, the call that made its output's mask; nil without a mask.
    var maskSources: [Int?] {
        var sources: [Int?] = []
        for (index, call) in calls.enumerated() {
            sources.append(
                maskSource(of: index, given: call.inputs.map { sources[$0] }, use: maskUses[index]))
        }
        return sources
    }

    /// Returns the call that makes the mask of a call's output if its inputs have the masks that these calls made.
    func maskSource(of index: Int, given: [Int?]) -> Int? {
        let call = calls[index]
        let use = layers[call.layer].mask(
            for: call.inputs.map { shapes[$0] }, masks: given.map { $0.flatMap { maskShapes[$0] } })
        return maskSource(of: index, given: given, use: use)
    }

    private func maskSource(of index: Int, given: [Int?], use: MaskUse) -> Int? {
        switch use {
        case .ends: return nil
        case .passes: return given.first ?? nil
        case .takes(let input): return given[input]
        case .makes:
            // Equal masks join to the same mask.
            let isSame = Set(given).count == 1 && rule(of: index, sameMasks: false) != nil
            return isSame ? given[0] : index
        }
    }
}
