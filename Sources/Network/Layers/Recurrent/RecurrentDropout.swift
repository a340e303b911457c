import Tensors

/// The dropout of a recurrent layer's inputs and states. The factors of a sample are the same at all steps.
extension RecurrentPass {
    func stateFactors(_ gate: Int) -> Floats { window(layout.stateFactors, gate, rows * units) }

    /// Draws factors of 0 or 1 / (1 − rate), indexed by the sample's position in the batch.
    func drawFactors() {
        let random = call.worker.random(for: call.index)
        let masks = options.inputMasks(gates: gates)
        let numbers = masks * features + gates * units
        func draw(_ factors: Floats, _ rate: Double, at offset: Int, size: Int) {
            let keep = Float(1 / (1 - rate))
            for row in 0..<rows {
                let start = (call.firstRow + row) * numbers + offset
                for i in 0..<size {
                    factors[row * size + i] = random.uniform(start + i) < Float(rate) ? 0 : keep
                }
            }
        }
        if dropsInput {
            for mask in 0..<masks {
                draw(inputFactors(mask), options.dropout, at: mask * features, size: features)
            }
        }
        if dropsState {
            for gate in 0..<gates {
                draw(
                    stateFactors(gate), options.recurrentDropout, at: masks * features + gate * units,
                    size: units)
            }
        }
    }

    private func inputFactors(_ mask: Int) -> Floats { window(layout.inputFactors, mask, rows * features) }

    /// y = x · factors, with the same factors at all steps.
    func drop(_ x: Floats, mask: Int, into y: Floats) {
        let (factors, size) = (inputFactors(mask), max(rows, 1) * features)
        for start in stride(from: 0, to: x.count, by: size) {
            multiplyElements(x[start..<start + size], factors, into: y[start..<start + size])
        }
    }

    /// Multiplies h by the dropout factors of a gate's state; does nothing without dropout.
    func dropState(_ h: Floats, gate: Int) {
        if dropsState { multiplyElements(h, stateFactors(gate), into: h) }
    }
}
