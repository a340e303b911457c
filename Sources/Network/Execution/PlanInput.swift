import Tensors

/// Where the samples of one of a network's inputs come in.
struct PlanInput {
    /// A batch of them, as one thread has it.
    private struct Copy {
        let window: Floats
        /// Where the first layers can leave zeros out.
        let search: ZeroSearch?
    }

    let call: Int
    /// The numbers of one sample.
    let size: Int
    /// Layers that can leave zeros out, computed in one piece.
    let readers: [Step]
    // The first one's window is the input's place in the plan; there are more where threads share layers.
    private var copies: [Copy] = []
    // A Rescaling right behind the input is done while the samples are gathered.
    private let scale, offset: Float
    // Windows do not own their memory; these do.
    private var kept: [Arena] = []

    /// - rescaling: of the samples as they are brought in.
    /// - search: makes what looks for zeros in a copy; nil where nobody can leave them out.
    init(
        call: Int, window: Floats, size: Int, rescaling: (scale: Float, offset: Float)?, readers: [Step],
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

    /// How many threads have a copy.
    var copyCount: Int { copies.count }
    func window(_ copy: Int) -> Floats { copies[copy].window }

    /// Fills a copy with the samples of those rows. Returns where they are not zero, if leaving the zeros out pays.
    ///
    /// - alone: The other copies are not filled for this batch.
    func bringIn(
        _ samples: Samples, rows: ArraySlice<Int>, copy: Int, alone: Bool, training: Bool
    ) -> NonzeroPlaces? {
        let window = window(copy).prefix(rows.count * size)
        switch samples.storage {
        case .bytes: gather(samples, rows: rows, scale: scale, offset: offset, into: window)
        case .floats:
            gather(samples, rows: rows, into: window)
            if scale != 1 || offset != 0 { scaleShift(window, scale: scale, shift: offset, into: window) }
        }
        guard let search = copies[copy].search else { return nil }
        let places =
            if case .bytes(let bytes) = samples.storage {
                search.look(in: bytes, rows: rows, training: training)
            } else { search.look(in: window, training: training) }
        // All copies must be looked at in the same batches, or parts of a layer would round in different ways.
        if alone { for other in copies where other.search !== search { other.search?.follow(search) } }
        return places
    }
}
