import Glibc
import Tensors

// Activations over a whole row of `width` numbers, the last axis.

func logSoftmaxRows(_ z: Floats, into y: Floats, width: Int) {
    for start in stride(from: 0, to: z.count, by: width) {
        var highest = z[start]
        for i in start..<start + width { highest = max(highest, z[i]) }
        var sum: Float = 0
        for i in start..<start + width { sum += exp(z[i] - highest) }
        let logSum = log(sum)
        for i in start..<start + width { y[i] = z[i] - highest - logSum }
    }
}

func logSoftmaxBackward(_ dy: Floats, y: Floats, into dz: Floats, width: Int) {
    for start in stride(from: 0, to: y.count, by: width) {
        var sum: Float = 0
        for i in start..<start + width { sum += dy[i] }
        for i in start..<start + width { dz[i] = dy[i] - exp(y[i]) * sum }
    }
}

/// max(z − τ, 0). Keras 3's τ differs from that of the paper (Martins and Astudillo, 2016), where
/// τ = (Σ support − 1) / k: it uses the sum of the running sums of the sorted support. This function returns
/// Keras' results.
func sparsemaxRows(_ z: Floats, into y: Floats, width: Int) {
    for start in stride(from: 0, to: z.count, by: width) {
        let support = sparsemaxSupport(z, start, width)
        var (sum, sums): (Float, Float) = (0, 0)
        for i in support {
            sum += z[i]
            sums += sum
        }
        let threshold = (sums - 1) / Float(support.count)
        for i in start..<start + width { y[i] = max(z[i] - threshold, 0) }
    }
}

/// Returns the indices of a row's support, in descending order of their values.
private func sparsemaxSupport(_ z: Floats, _ start: Int, _ width: Int) -> ArraySlice<Int> {
    let sorted = (start..<start + width).sorted { z[$0] > z[$1] }
    var (sum, count): (Float, Int) = (0, 0)
    for (k, i) in sorted.enumerated() {
        sum += z[i]
        if z[i] - (sum - 1) / Float(k + 1) > 0 { count = k + 1 }
    }
    return sorted.prefix(max(count, 1))
}

func sparsemaxBackward(_ dy: Floats, z: Floats, y: Floats, into dz: Floats, width: Int) {
    for start in stride(from: 0, to: y.count, by: width) {
        let support = sparsemaxSupport(z, start, width)
        let active: Float = (start..<start + width).reduce(0) { y[$1] > 0 ? $0 + dy[$1] : $0 }
        for i in start..<start + width { dz[i] = y[i] > 0 ? dy[i] : 0 }
        // The i-th largest value is part of k − i running sums.
        for (rank, i) in support.enumerated() {
            dz[i] -= active * Float(support.count - rank) / Float(support.count)
        }
    }
}

/// a · σ(b) for the halves a and b of each row; y is half as wide.
func gluRows(_ z: Floats, into y: Floats, width: Int) {
    let half = width / 2
    for row in 0..<z.count / width {
        for i in 0..<half { y[row * half + i] = z[row * width + i] * logistic(z[row * width + half + i]) }
    }
}

func gluBackward(_ dy: Floats, z: Floats, into dz: Floats, width: Int) {
    let half = width / 2
    for row in 0..<z.count / width {
        for i in 0..<half {
            let (a, s) = (z[row * width + i], logistic(z[row * width + half + i]))
            let d = dy[row * half + i]
            dz[row * width + i] = d * s
            dz[row * width + half + i] = d * a * s * (1 - s)
        }
    }
}
