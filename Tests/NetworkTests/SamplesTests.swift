import Tensors
import Testing

struct SamplesTests {
    @Test("keeping rows in place is selecting them", arguments: [0, 1, 7, 100])
    func keeping(count: Int) {
        var random = RandomNumbers(seed: count)
        let bytes = (0..<100 * 3).map { _ in UInt8(random.uniform() * 255) }
        let both = [
            Samples(shape: [3], bytes: bytes), Samples(shape: [3, 1], floats: bytes.map { Float($0) }),
        ]
        let orders = [
            Array(0..<count), Array(random.permutation(of: 100).prefix(count)),
            Array((0..<100).suffix(count)),
            random.permutation(of: 100).prefix(count).sorted(), (0..<count).reversed(),
        ]
        for samples in both {
            for rows in orders {
                var kept = samples
                kept.keep(rows)
                #expect(kept == samples.selecting(rows))
            }
        }
    }
}
