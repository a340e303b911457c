import Base
import Glibc

/// Throws an error if the system does not have enough memory for `numbers` floats. It is called before the
/// allocation, because a failed allocation would end the process.
///
/// - what: The purpose of the memory, for the message: "the weights of dense_1".
func checkMemory(numbers: Int, for what: @autoclosure () -> String) throws(CellarError) {
    // Reading the available memory takes longer than planning a small model.
    guard numbers > 1 << 24 else { return }
    let (needed, overflows) = numbers.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
    guard let available = availableMemory(), overflows || needed > available else { return }
    func gigabytes(_ bytes: Int) -> String { (Double(bytes) / 1e9).fixed(1) + " GB" }
    throw CellarError(
        .badData,
        "not enough memory: expected \(gigabytes(overflows ? .max : needed)) for \(what()), found "
            + "\(gigabytes(available)).",
        remedy: "Use smaller layers, a smaller batch_size or a machine with more memory.")
}

extension Model {
    /// Throws an error if the system does not have enough memory to train the model: weights as tensors and
    /// in the executor, the gradient of each thread, the optimizer's state, and the outputs of all layers
    /// with their gradients.
    public func checkTrainingMemory(
        with optimizer: any Optimizer, batchSize: Int, threads: Int
    ) throws(CellarError) {
        let perTrained = Double(2 + max(threads, 1) + optimizer.slotNames.count)
        let weights = Double(trainableParameters) * perTrained + 2 * Double(nonTrainableParameters)
        let outputs = shapes.reduce(0.0) { $0 + $1.reduce(1.0) { $0 * Double($1) } }
        let numbers = weights + 2 * outputs * Double(batchSize)
        try checkMemory(
            numbers: numbers < 0x1p60 ? Int(numbers) : 1 << 60,
            for: "training with a batch_size of \(batchSize) and " + largestWeights)
    }
}

/// Returns the number of bytes that this process may still allocate: the system's available memory, within the
/// limits of the control group and of `ulimit -v`. Nil if it is unknown.
private func availableMemory() -> Int? {
    var found: [Int] = []
    let lines = (try? readFile("/proc/meminfo", limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) }
    let line = lines?.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    if let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) {
        found.append(kilobytes * 1024)
    }
    func number(_ path: String) -> Int? {
        (try? readFile(path, limit: 64)).flatMap {
            Int(String(decoding: $0, as: UTF8.self).split(separator: "\n").first ?? "")
        }
    }
    if let most = number("/sys/fs/cgroup/memory.max"), let used = number("/sys/fs/cgroup/memory.current") {
        found.append(max(most - used, 0))
    }
    var limit = rlimit()
    if unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < Int.max {
        // The first number is the size of the address space in pages.
        let used = (try? readFile("/proc/self/statm", limit: 256)).flatMap {
            Int(String(decoding: $0, as: UTF8.self).split(separator: " ").first ?? "")
        }
        found.append(max(Int(limit.rlim_cur) - (used ?? 0) * Int(getpagesize()), 0))
    }
    return found.min()
}
