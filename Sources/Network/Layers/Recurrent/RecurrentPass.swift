import Tensors

/// One forward or backward pass of a recurrent layer over a batch: views of its memory, and the arithmetic that
/// all cells share.
struct RecurrentPass {
    let call: CallMemory
    let options: RecurrentOptions
    let rows, time, features, units, gates: Int
    var width: Int { gates * units }

    let layout: RecurrentLayout
    private let chunk: Int
    /// The input's mask [rows, time], 1 for unmasked steps.
    private let mask: Floats?
    private let hasStates: Bool
    let dropsInput, dropsState: Bool
    private let kept, carried: Int

    init<Cell: RecurrentLayer>(_ call: CallMemory, _ layer: Cell) {
        (self.call, options) = (call, layer.options)
        (rows, time, features) = (call.rows, call.inputShapes[0][0], call.inputShapes[0][1])
        (units, gates) = (layer.options.units, Cell.gates)
        layout = RecurrentLayout(
            layer, input: call.inputShapes[0], rows: call.capacity, training: call.isForTraining)
        // With fewer rows than planned, more steps fit.
        chunk = min(layout.steps * call.capacity / max(rows, 1), time)
        hasStates = call.inputCount > 1
        mask = hasStates && options.masksWithStates == .ignored ? nil : call.mask()
        let trains = call.training && call.isForTraining
        dropsInput = trains && options.dropsInput
        dropsState = trains && options.dropsState
        (kept, carried) = (layer.keptPerStep, layer.carried)
    }

    // MARK: Windows

    func window(_ place: Range<Int>, _ index: Int, _ size: Int) -> Floats {
        call.scratch[place.lowerBound + index * size..<place.lowerBound + (index + 1) * size]
    }
    private func whole(_ place: Range<Int>, _ count: Int) -> Floats {
        call.scratch[place.lowerBound..<place.lowerBound + count]
    }

    /// [rows, gates · units]: the input's product at step t, which the cell then overwrites.
    func z(_ t: Int) -> Floats { window(layout.z, t % chunk, rows * width) }
    /// [rows, kept · units]
    func kept(_ t: Int) -> Floats { window(layout.kept, t % chunk, rows * kept * units) }
    /// [rows, units]: the outputs before and after step t.
    func hBefore(_ t: Int) -> Floats { window(layout.h, t % layout.states, rows * units) }
    func hAfter(_ t: Int) -> Floats { window(layout.h, (t + 1) % layout.states, rows * units) }
    func carriedBefore(_ t: Int) -> Floats {
        window(layout.carried, t % layout.states, rows * carried * units)
    }
    func carriedAfter(_ t: Int) -> Floats {
        window(layout.carried, (t + 1) % layout.states, rows * carried * units)
    }
    func dhBefore(_ t: Int) -> Floats { window(layout.dh, t % 2, rows * units) }
    func dhAfter(_ t: Int) -> Floats { window(layout.dh, (t + 1) % 2, rows * units) }
    func dCarriedBefore(_ t: Int) -> Floats { window(layout.dCarried, t % 2, rows * carried * units) }
    func dCarriedAfter(_ t: Int) -> Floats { window(layout.dCarried, (t + 1) % 2, rows * carried * units) }
    /// A buffer for a gradient [rows, units].
    var dReset: Floats { whole(layout.dReset, rows * units) }
    /// A buffer for one row of all gates.
    var row: Floats { whole(layout.row, width) }

    // Available if all steps are kept: [time · rows, …].
    var allZ: Floats { whole(layout.z, time * rows * width) }
    var allKept: Floats { whole(layout.kept, time * rows * kept * units) }
    var allBefore: Floats { whole(layout.h, time * rows * units) }
    private var allX: Floats { whole(layout.x, time * rows * features) }

    /// The position of step t in the samples.
    private func place(_ t: Int) -> Int { options.goBackwards ? time - 1 - t : t }

    private func isMasked(_ row: Int, _ t: Int) -> Bool {
        mask.map { $0[row * time + (options.readsMaskBackwards ? time - 1 - t : t)] == 0 } ?? false
    }

    // MARK: Forward

    func forward(_ cell: some RecurrentLayer) {
        if dropsInput || dropsState { drawFactors() }
        begin(hBefore(0), from: 1)
        begin(carriedBefore(0), from: 2)
        for t in 0..<time {
            if t % chunk == 0 { multiplyInputs(t..<min(t + chunk, time), bias: cell.inputBias(call)) }
            cell.stepForward(self, t)
            if mask != nil { keepMasked(t) }
            if options.returnSequences { putOut(t) }
        }
        if !options.returnSequences { putOut(time - 1) }
        if options.returnState { putOutStates() }
    }

    /// Sets the state before the first step to that input, or to zeros.
    private func begin(_ state: Floats, from input: Int) {
        if input < call.inputCount && state.count > 0 {
            state.copy(from: call.x(input))
        } else {
            state.fill(0)
        }
    }

    /// The states after the output of a row: [units] of the hidden state, and the other carried states.
    private func states(_ numbers: Floats, _ row: Int) -> (h: Floats, carried: Floats) {
        let end = (row + 1) * call.outputSize
        let start = end - (1 + carried) * units
        return (numbers[start..<start + units], numbers[start + units..<end])
    }

    private func putOutStates() {
        let (h, c) = (hAfter(time - 1), carriedAfter(time - 1))
        for row in 0..<rows {
            let target = states(call.y, row)
            target.h.copy(from: h[row * units..<(row + 1) * units])
            if carried > 0 { target.carried.copy(from: c[row * units..<(row + 1) * units]) }
        }
    }

    /// z = x · kernel + bias for several steps at once.
    private func multiplyInputs(_ steps: Range<Int>, bias: Floats?) {
        let x = whole(layout.x, steps.count * rows * features)
        let z = whole(layout.z, steps.count * rows * width)
        for row in 0..<rows {
            for (i, t) in steps.enumerated() {
                let from = (row * time + place(t)) * features
                let to = (i * rows + row) * features
                x[to..<to + features].copy(from: call.x()[from..<from + features])
            }
        }
        let masks = dropsInput ? options.inputMasks(gates: gates) : 1
        if dropsInput && masks == 1 { drop(x, mask: 0, into: x) }
        guard masks > 1 else {
            return multiply(
                x, call.weights[0], into: z, m: steps.count * rows, n: width, k: features,
                epilogue: Epilogue(bias: bias))
        }
        let dropped = whole(layout.droppedInput, x.count)
        for gate in 0..<gates {
            drop(x, mask: gate, into: dropped)
            multiply(
                dropped, columns(call.weights[0], gate), into: columns(z, gate), m: steps.count * rows,
                n: units,
                k: features, bStride: width, cStride: width,
                epilogue: Epilogue(bias: bias.map { $0[gate * units..<(gate + 1) * units] }))
        }
    }

    /// The columns of a matrix of all gates from one gate on, to be read with a stride of `width`.
    func columns(_ matrix: Floats, _ gate: Int) -> Floats { matrix[gate * units..<matrix.count] }

    /// target = h · recurrent kernel for some gates, plus the current target or a bias.
    func multiplyState(
        _ h: Floats, gates some: Range<Int>, into target: Floats, bias: Floats? = nil,
        accumulate: Bool = false
    ) {
        guard dropsState else {
            return multiply(
                h, columns(call.weights[1], some.lowerBound), into: columns(target, some.lowerBound), m: rows,
                n: some.count * units, k: units, bStride: width, cStride: width,
                epilogue: Epilogue(bias: bias, accumulate: accumulate))
        }
        let dropped = whole(layout.droppedState, rows * units)
        for gate in some {
            multiplyElements(h, stateFactors(gate), into: dropped)
            let place = (gate - some.lowerBound) * units
            multiply(
                dropped, columns(call.weights[1], gate), into: columns(target, gate), m: rows, n: units,
                k: units,
                bStride: width, cStride: width,
                epilogue: Epilogue(bias: bias.map { $0[place..<place + units] }, accumulate: accumulate))
        }
    }

    /// Copies the previous state at masked steps.
    private func keepMasked(_ t: Int) {
        for row in 0..<rows where isMasked(row, t) {
            copyRow(hBefore(t), to: hAfter(t), row, units)
            if carried > 0 { copyRow(carriedBefore(t), to: carriedAfter(t), row, carried * units) }
        }
    }

    private func copyRow(_ from: Floats, to: Floats, _ row: Int, _ size: Int) {
        to[row * size..<(row + 1) * size].copy(from: from[row * size..<(row + 1) * size])
    }

    private func output(_ gradient: Floats, _ row: Int, _ t: Int) -> Floats {
        let start = row * call.outputSize + (options.returnSequences ? t * units : 0)
        return gradient[start..<start + units]
    }

    /// Whether the output at position t is zero because of a mask.
    private func isZeroed(_ row: Int, _ t: Int) -> Bool {
        guard let mask else { return false }
        if hasStates, options.zeroesLeading, isMasked(row, t), (0..<t).allSatisfy({ isMasked(row, $0) }) {
            return true
        }
        guard options.zeroOutputForMask else { return false }
        return options.zeroesInSampleOrder ? mask[row * time + t] == 0 : isMasked(row, t)
    }

    private func putOut(_ t: Int) {
        let h = hAfter(t)
        for row in 0..<rows {
            let y = output(call.y, row, t)
            if isZeroed(row, t) {
                y.fill(0)
            } else {
                y.copy(from: h[row * units..<(row + 1) * units])
            }
        }
    }

    // MARK: Backward

    func backward(_ cell: some RecurrentLayer) {
        transpose(
            call.weights[1], rows: units, columns: width,
            into: whole(layout.transposedRecurrent, units * width))
        beginGradients()
        for t in (0..<time).reversed() {
            if options.returnSequences || t == time - 1 { addOutputGradient(t) }
            cell.stepBackward(self, t)
        }
        cell.recurrentGradients(self)
        if let gradient = call.weightGradients[0] { kernelGradient(into: gradient) }
        if let dx = call.dx() { inputGradient(into: dx) }
        if call.inputCount > 1 { call.dx(1)?.copy(from: dhBefore(0)) }
        if call.inputCount > 2 { call.dx(2)?.copy(from: dCarriedBefore(0)) }
    }

    /// Initializes the gradients of the last state: those of the returned states, or zero.
    private func beginGradients() {
        let (dh, dc) = (dhAfter(time - 1), dCarriedAfter(time - 1))
        guard options.returnState else {
            dh.fill(0)
            return dc.fill(0)
        }
        for row in 0..<rows {
            let given = states(call.dy, row)
            dh[row * units..<(row + 1) * units].copy(from: given.h)
            if carried > 0 { dc[row * units..<(row + 1) * units].copy(from: given.carried) }
        }
    }

    private func addOutputGradient(_ t: Int) {
        let dh = dhAfter(t)
        for row in 0..<rows where !isZeroed(row, t) {
            add(output(call.dy, row, t), to: dh[row * units..<(row + 1) * units])
        }
    }

    /// Corrects the cell's gradients at masked steps: the gradients of products become zero, and those of the
    /// state are passed on unchanged.
    func passMasked(_ t: Int, _ products: Floats...) {
        guard mask != nil else { return }
        for row in 0..<rows where isMasked(row, t) {
            for product in products {
                let size = product.count / rows
                product[row * size..<(row + 1) * size].fill(0)
            }
            copyRow(dhAfter(t), to: dhBefore(t), row, units)
            if carried > 0 { copyRow(dCarriedAfter(t), to: dCarriedBefore(t), row, carried * units) }
        }
    }

    /// dh += d · recurrent kernelᵀ for some gates, where the columns of d are their gradients; dh = … if
    /// `accumulate` is false.
    func multiplyStateBackward(_ d: Floats, gates some: Range<Int>, into dh: Floats, accumulate: Bool = true)
    {
        let transposed = whole(layout.transposedRecurrent, units * width)
        func rowsOf(_ gate: Int) -> Floats { transposed[gate * units * units..<transposed.count] }
        guard dropsState else {
            return multiply(
                columns(d, some.lowerBound), rowsOf(some.lowerBound), into: dh, m: rows, n: units,
                k: some.count * units, aStride: width, epilogue: Epilogue(accumulate: accumulate))
        }
        let part = whole(layout.droppedState, rows * units)
        if !accumulate { dh.fill(0) }
        for gate in some {
            multiply(columns(d, gate), rowsOf(gate), into: part, m: rows, n: units, k: units, aStride: width)
            multiplyElements(part, stateFactors(gate), into: part)
            add(part, to: dh)
        }
    }

    /// gradient = hᵀ · d over all steps, for some gates of the recurrent kernel.
    func recurrentKernelGradient(_ d: Floats, gates some: Range<Int>, into gradient: Floats) {
        guard dropsState else {
            return multiply(
                allBefore, columns(d, some.lowerBound), into: columns(gradient, some.lowerBound), m: units,
                n: some.count * units, k: time * rows, transposed: true, bStride: width, cStride: width)
        }
        let dropped = whole(layout.droppedState, rows * units)
        for gate in some {
            for t in 0..<time {
                multiplyElements(hBefore(t), stateFactors(gate), into: dropped)
                multiply(
                    dropped, columns(d[t * rows * width..<(t + 1) * rows * width], gate),
                    into: columns(gradient, gate), m: units, n: units, k: rows, transposed: true,
                    bStride: width, cStride: width, epilogue: Epilogue(accumulate: t > 0))
            }
        }
    }

    /// Moves the first `size` numbers per row that each step kept into one contiguous block at the start of the
    /// kept range.
    func gatherKept(width size: Int) {
        guard kept * units > size else { return }
        for t in 1..<max(time, 1) {
            let all = call.scratch[layout.kept]
            all[t * rows * size..<(t + 1) * rows * size].copy(from: kept(t).prefix(rows * size))
        }
    }

    private func kernelGradient(into gradient: Floats) {
        let masks = dropsInput ? options.inputMasks(gates: gates) : 1
        guard masks > 1 else {
            return multiply(
                allX, allZ, into: gradient, m: features, n: width, k: time * rows, transposed: true)
        }
        let dropped = whole(layout.droppedInput, allX.count)
        for gate in 0..<gates {
            drop(allX, mask: gate, into: dropped)
            multiply(
                dropped, columns(allZ, gate), into: columns(gradient, gate), m: features, n: units,
                k: time * rows, transposed: true, bStride: width, cStride: width)
        }
    }

    private func inputGradient(into dx: Floats) {
        let transposed = whole(layout.transposedKernel, features * width)
        transpose(call.weights[0], rows: features, columns: width, into: transposed)
        // The inputs are no longer needed: their gradients overwrite them.
        let (part, masks) = (allX, dropsInput ? options.inputMasks(gates: gates) : 1)
        if masks == 1 {
            multiply(allZ, transposed, into: part, m: time * rows, n: features, k: width)
            if dropsInput { drop(part, mask: 0, into: part) }
        } else {
            let dropped = whole(layout.droppedInput, part.count)
            part.fill(0)
            for gate in 0..<gates {
                multiply(
                    columns(allZ, gate), transposed[gate * units * features..<transposed.count],
                    into: dropped,
                    m: time * rows, n: features, k: units, aStride: width)
                drop(dropped, mask: gate, into: dropped)
                add(dropped, to: part)
            }
        }
        for row in 0..<rows {
            for t in 0..<time {
                let (to, from) = ((row * time + place(t)) * features, (t * rows + row) * features)
                dx[to..<to + features].copy(from: part[from..<from + features])
            }
        }
    }
}
