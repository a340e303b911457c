import Tensors

/// Copies the samples of one of a network's inputs into the plan's memory.
struct PlanInput {
    /// One thread's copy of a batch.
    private struct Copy {
        let window: Floats
        /// Finds zeros, if a layer can skip them.
        let search: ZeroSearch?
    }

    let call: Int
    /// The numbers of one sample.
    let size: Int
    /// Calls that can skip zeros and are computed in one piece.
    let readers: [any LayerCall]
    // The first one is the input's window in the plan; there are more where threads share layers.
    private var copies: [Copy] = []
    // A rescaling right behind the input is done while the samples are gathered.
    private let scale, offset: Float
    // Windows do not own their memory; these do.
    private var kept: [Arena] = []

    /// - rescaling: Applied to the samples.
    /// - search: Makes a search for zeros in a copy; nil where no call can skip them.
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

    /// Fills a copy with the samples of those rows. Returns the places that are not zero, if skipping the zeros pays.
    ///
    /// - alone: The other copies are not filled for this batch.
    func gatherSamples(
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
        let nonzeros =
            if case .bytes(let bytes) = samples.storage {
                search.look(in: bytes, rows: rows, training: training)
            } else { search.look(in: window, training: training) }
        // All copies must be searched in the same batches, or parts of a layer would round in different ways.
        if alone { for other in copies where other.search !== search { other.search?.follow(search) } }
        return nonzeros
    }
}
