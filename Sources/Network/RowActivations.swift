import Glibc
import Tensors

// Activations over a whole row of `width` numbers, the last axis.

func softmaxRows(_ z: Floats, into y: Floats, width: Int) {
    for start in stride(from: 0, to: z.count, by: width) {
        var highest = z[start]
        for i in start..<start + width { highest = max(highest, z[i]) }
        var sum: Float = 0
        for i in start..<start + width {
            let e = exp(z[i] - highest)
            y[i] = e
            sum += e
        }
        for i in start..<start + width { y[i] /= sum }
    }
}

func softmaxBackward(_ dy: Floats, y: Floats, into dz: Floats, width: Int) {
    for start in stride(from: 0, to: y.count, by: width) {
        var dot: Float = 0
        for i in start..<start + width { dot += dy[i] * y[i] }
        for i in start..<start + width { dz[i] = y[i] * (dy[i] - dot) }
    }
}

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

/// The Euclidean projection onto the simplex (Martins and Astudillo, 2016).
func sparsemaxRows(_ z: Floats, into y: Floats, width: Int) {
    for start in stride(from: 0, to: z.count, by: width) {
        let sorted = (start..<start + width).map { z[$0] }.sorted(by: >)
        var (sum, threshold): (Float, Float) = (0, 0)
        for (k, value) in sorted.enumerated() {
            sum += value
            guard 1 + Float(k + 1) * value > sum else { break }
            threshold = (sum - 1) / Float(k + 1)
        }
        for i in start..<start + width { y[i] = max(z[i] - threshold, 0) }
    }
}

func sparsemaxBackward(_ dy: Floats, y: Floats, into dz: Floats, width: Int) {
    for start in stride(from: 0, to: y.count, by: width) {
        var (sum, support): (Float, Float) = (0, 0)
        for i in start..<start + width where y[i] > 0 {
            sum += dy[i]
            support += 1
        }
        for i in start..<start + width { dz[i] = y[i] > 0 ? dy[i] - sum / support : 0 }
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
