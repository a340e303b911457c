import Tensors

/// Copies the samples of one network input to the plan's memory.
struct PlanInput {
    /// One thread's copy of a batch.
    private struct Copy {
        let window: Floats
        /// Finds the zeros, if a layer can skip them.
        let search: ZeroSearch?
    }

    let call: Int
    /// The count of numbers in one sample.
    let size: Int
    /// The undivided calls that can skip zeros.
    let readers: [any LayerCall]
    // The first copy is the input's window in the plan. There are more copies if threads share layers.
    private var copies: [Copy] = []
    // A rescaling of the input is applied while the samples are copied.
    private let scale, offset: Float
    // Keeps the windows' memory allocated, because windows do not own it.
    private var kept: [Arena] = []

    /// - rescaling: Applied to the samples.
    /// - search: Creates a search for zeros in a copy; nil if no call can skip them.
    init(
        call: Int, window: Floats, size: Int, rescaling: (scale: Float, offset: Float)?,
        readers: [any LayerCall],
        copies count: Int, search: (() -> ZeroSearch)?
    ) {
        (self.call, self.size, self.readers) = (call, size, readers)
        (scale, offset) = rescaling ?? (1, 0)
        copies.append(Copy(window: window, search: search?()))
        for _ in 1..<max(count, 1) {
            let memory = Arena(count: window.count)
            kept.append(memory)
            copies.append(Copy(window: memory.all, search: search?()))
        }
    }

    /// The number of threads that have a copy.
    var copyCount: Int { copies.count }
    func window(_ copy: Int) -> Floats { copies[copy].window }

    /// Fills a copy with the samples in `rows`. Returns the positions of nonzero values if skipping zeros
    /// pays.
    ///
    /// - alone: True if the other copies are not filled for this batch.
    func gatherSamples(
        _ samples: Samples, rows: ArraySlice<Int>, copy: Int, alone: Bool, training: Bool
    ) -> NonzeroPlaces? {
        let window = window(copy).prefix(rows.count * size)
        switch samples.storage {
        case .bytes: gather(samples, rows: rows, scale: scale, offset: offset, into: window)
        case .floats, .texts:
            gather(samples, rows: rows, into: window)
            if scale != 1 || offset != 0 { scaleShift(window, scale: scale, shift: offset, into: window) }
        }
        guard let search = copies[copy].search else { return nil }
        let nonzeros =
            if case .bytes(let bytes) = samples.storage {
                search.look(in: bytes, rows: rows, training: training)
            } else { search.look(in: window, training: training) }
        // All copies must be searched in the same batches. Otherwise the parts of a layer would round
        // differently.
        if alone { for other in copies where other.search !== search { other.search?.follow(search) } }
        return nonzeros
    }
}
