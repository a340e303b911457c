import Glibc

/// Measures whether threads that share layers are faster than one thread, by trying both alternately. The
/// results are identical bits. The faster way depends on the sizes, and on whether the processors are separate
/// cores and idle.
struct SharingTrial {
    private enum Stage {
        case trying(block: Int, steps: Int)
        case settled(stepsLeft: Int)
    }

    private static let stepsInBlock = 8
    // Blocks of the two kinds alternate. The first block of each kind is a warm-up, and so is the first step
    // of each block: the other threads may still be spinning then, which slows down a neighbouring thread.
    private static let blocks = 12
    private static let stepsBetweenTrials = 4096

    private var stage = Stage.trying(block: 0, steps: 0)
    private var sharing = true
    private var times: (shared: [Double], alone: [Double]) = ([], [])
    private var start = 0.0

    /// Begins a step. Returns true if its threads should share layers.
    mutating func begin() -> Bool {
        guard case .trying(let block, let steps) = stage else { return sharing }
        if steps == 0 { sharing = block % 2 == 0 }
        if steps == 1 { start = SharingTrial.now() }
        return sharing
    }

    mutating func end() {
        switch stage {
        case .settled(let left):
            stage = left > 1 ? .settled(stepsLeft: left - 1) : .trying(block: 0, steps: 0)
        case .trying(let block, let steps) where steps + 1 < SharingTrial.stepsInBlock:
            stage = .trying(block: block, steps: steps + 1)
        case .trying(let block, _):
            if block >= 2 {
                let time = SharingTrial.now() - start
                if sharing { times.shared.append(time) } else { times.alone.append(time) }
            }
            stage = .trying(block: block + 1, steps: 0)
            if block + 1 == SharingTrial.blocks { settle() }
        }
    }

    private mutating func settle() {
        sharing = SharingTrial.median(times.shared) < SharingTrial.median(times.alone)
        times = ([], [])
        stage = .settled(stepsLeft: SharingTrial.stepsBetweenTrials)
    }

    private static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }

    private static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
