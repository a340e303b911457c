import Base

/// The calls of a model that TimeDistributed applies to every time step.
struct StepModel {
    let steps: Container.Steps
    /// The number of such models that contain the calls, this one included: the axes of their steps.
    let depth: Int
    /// The calls whose outputs are the model's arguments.
    let feeds: [Int]
    let calls: Range<Int>
    let outputs: [Int]

    private var subject: String { "\(Container.Steps.className) \"\(steps.name)\"" }

    /// Returns true if a call's mask is one of numbers within a step that does not leave the model: Keras 3 drops it.
    func ends(mask: [Int]?, of call: Int) -> Bool {
        steps.form == .keras3 && calls.contains(call) && outputs.contains(call) && isInner(mask)
    }

    private func isInner(_ mask: [Int]?) -> Bool { mask?.count ?? 0 > depth }

    /// Rejects the uses of masks in which Keras' generations differ, or where a mask of steps and one of numbers within a step
    /// come together.
    ///
    /// - dropped: The calls whose masks end by `ends(mask:of:)`.
    func check(
        masks: [[Int]?], uses: [MaskUse], all: [Model.Call], dropped: Set<Int>
    ) throws(CellarError) {
        let isMixed = calls.contains { call in
            if case .makes = uses[call] { return true }
            return all[call].inputs.count > 1
        }
        let given = feeds.map { masks[$0] }
        if given.contains(where: isInner) || isMixed && given.contains(where: { $0 != nil }) {
            throw CellarError(
                "is around a model, and gets a mask, which is not supported together with masks or joins inside",
                subject: subject)
        }
        for call in calls where all[call].inputs.contains(where: dropped.contains) {
            throw CellarError(
                "is around a model, one of whose outputs has a mask and is used inside too, which is not supported",
                subject: subject)
        }
    }

    /// The generation of Keras whose rule makes the output's mask; nil if the other one's makes the same.
    func form(_ masks: [[Int]?], dropped: Set<Int>) -> MaskForm? {
        outputs.contains { dropped.contains($0) || isInner(masks[$0]) } ? steps.form : nil
    }
}
