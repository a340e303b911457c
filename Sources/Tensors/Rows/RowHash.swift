/// Returns a 64-bit hash of each row: of the values that enter a model, of all its inputs, in their order. Bytes hash as
/// the floats that they become, and -0 as 0, so that equal rows have equal hashes however they were written. A text
/// hashes as its length and its bytes in UTF-8, eight at a time.
///
/// The hashes are kept in model files, so this function never changes.
public func rowHashes(of inputs: [Samples]) -> [UInt64] {
    guard let count = inputs.first?.count else { return [] }
    let size = inputs.reduce(0) { $0 + $1.size }
    var states = [UInt64](repeating: mixed(UInt64(size)), count: count)
    for input in inputs {
        switch input.storage {
        case .floats(let values): add(values, input.size, to: &states) { canonical($0.bitPattern) }
        case .bytes(let bytes):
            let bits = (0..<256).map { Float($0).bitPattern }
            add(bytes, input.size, to: &states) { bits[Int($0)] }
        case .texts(let texts): add(texts, input.size, to: &states)
        }
    }
    for row in states.indices { states[row] = mixed(states[row]) }
    return states
}

/// Adds two values per step. A single last one is paired with nothing.
@inline(__always)
private func add<Value>(
    _ values: [Value], _ size: Int, to states: inout [UInt64], _ bits: (Value) -> UInt32
) {
    for row in states.indices {
        var state = states[row]
        var place = row * size
        let end = place + size
        while place + 1 < end {
            state = step(state, UInt64(bits(values[place])) | UInt64(bits(values[place + 1])) << 32)
            place += 2
        }
        if place < end { state = step(state, UInt64(bits(values[place]))) }
        states[row] = state
    }
}

private func add(_ texts: Texts, _ size: Int, to states: inout [UInt64]) {
    for row in states.indices {
        for index in row * size..<(row + 1) * size {
            let range = texts.range(index)
            var state = step(states[row], UInt64(range.count))
            for start in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                var word: UInt64 = 0
                for place in start..<min(start + 8, range.upperBound) {
                    word |= UInt64(texts.bytes[place]) << UInt64(8 * (place - start))
                }
                state = step(state, word)
            }
            states[row] = state
        }
    }
}

/// The folded product of 128 bits depends on all bits of both.
@inline(__always)
private func step(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    // Plus, so that a state of 0 is left again.
    return (product.high ^ product.low) &+ 0xd1b5_4a32_d192_ed03
}

@inline(__always)
private func canonical(_ bits: UInt32) -> UInt32 {
    if bits == 0x8000_0000 { return 0 }
    return bits & 0x7fff_ffff > 0x7f80_0000 ? 0x7fc0_0000 : bits
}
