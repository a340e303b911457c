import Tensors

/// What one thread computes of a Dense layer's product: some of the kernel's columns. A layer behind the samples may have a
/// part for each thread (see `Model.kernelPanels`); elsewhere the one part is all of it.
final class KernelPart {
    let panel: Panels.Panel
    /// The thread's own copy of the batch, with room for a whole plan's; nil where the step's input is read.
    var x: Floats?
    /// Where the batch is not zero, when leaving the zeros out pays.
    var places: NonzeroPlaces?
    /// With Adam, the gradient of these columns and their step where zeros are left out.
    var adam: DeferredAdam?

    init(_ panel: Panels.Panel) { self.panel = panel }

    /// These columns of a kernel, or of what else lies as it does.
    func slice(_ kernel: Floats) -> Floats { kernel[panel.start..<kernel.count] }

    /// These columns of [rows, units].
    func columns(_ values: Floats) -> Floats { values[panel.columns.lowerBound..<values.count] }

    /// This part's numbers of a bias.
    func part(_ bias: Floats) -> Floats { bias[panel.columns] }
}

/// A batch of an input's samples, as one thread has it.
struct InputCopy {
    var window: Floats
    /// Where the first layer can leave zeros out.
    var search: ZeroSearch?
}

extension Model {
    /// Into how many panels each layer's kernel is cut, so that threads can share it while training: those of Dense layers right
    /// behind the samples, each thread a panel of columns of its own. Such threads hand over little more than the layer's outputs and
    /// gradients, and the sums are the same for any number of them. Empty where threads do better with samples of their
    /// own: where most is computed elsewhere.
    func kernelPanels(threads: Int) -> [Int] {
        let areCheap = layers.allSatisfy {
            $0 is Dense || $0 is BatchNormalization || $0 is InputLayer || $0 is Rescaling || $0 is Flatten
                || $0 is Reshape || $0 is Dropout || $0 is GaussianNoise || $0 is ActivationLayer
                || $0 is Normalization || $0 is LayerNormalization || $0 is Concatenate
        }
        guard threads > 1, areCheap else { return [] }
        var planner = Planner(self, rows: 1, training: true)
        planner.placeActivations()
        planner.placeGradients()
        var (panels, shared) = (layers.map { _ in 1 }, 0)
        for reader in inputs.flatMap({ planner.readersOfZeros(of: $0) }) {
            let layer = calls[reader].layer
            guard calls.count(where: { $0.layer == layer }) == 1, let kernel = weightSpecs[layer].first,
                isTrainable(layer: layer, weight: 0), kernel.regularizer == nil, kernel.constraint == nil,
                let units = kernel.shape.last, units >= 64
            else { continue }
            panels[layer] = min(threads, units / 32)
            shared += kernel.count
        }
        let all = calls.reduce(0) { sum, call in
            layers[call.layer] is Dense ? sum + (weightSpecs[call.layer].first?.count ?? 0) : sum
        }
        return shared > 0 && 3 * shared >= all ? panels : []
    }

    /// Whether training gives the same bits whatever the number of threads.
    public var trainsAlikeOnThreads: Bool { !kernelPanels(threads: 2).isEmpty }
}
