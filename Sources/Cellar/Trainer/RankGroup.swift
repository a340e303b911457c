import Base
import CProcess
import Glibc
import Network
import Tensors
import Trainer

/// The processes that `mpirun -n N` has started, which train one model together.
///
/// The exchange with Open MPI is done by a program beside this one, `cellar-mpi`; `Sources/RankExchange/main.c` describes what goes between
/// the two. This process never waits within MPI, so that it can save a checkpoint when another one has ended.
public final class RankGroup: GradientExchange {
    public let rank, ranks: Int
    private let helper: WorkerProcess
    private let memory: SharedMemory
    private let isAsked: () -> Bool
    /// True once a process was asked to stop; all of them know it after the same step.
    public private(set) var shouldStop = false
    /// True if another process has ended before its time.
    public private(set) var isBroken = false

    /// Joins the group that mpirun has made; nil without mpirun.
    ///
    /// - isAsked: True once this process is to end its work.
    public static func join(isAsked: @escaping () -> Bool) throws(CellarError) -> RankGroup? {
        guard environmentVariable("OMPI_COMM_WORLD_SIZE") != nil else { return nil }
        return try RankGroup(isAsked)
    }

    private init(_ isAsked: @escaping () -> Bool) throws(CellarError) {
        let named = environmentVariable("CELLAR_MPI").flatMap { $0.isEmpty ? nil : $0 }
        let program = named ?? FileSystem.folder(of: FileSystem.resolved("/proc/self/exe")) + "/cellar-mpi"
        memory = try SharedMemory()
        helper = try WorkerProcess.start([program], inOwnGroup: false, sharing: memory.descriptor)
        self.isAsked = isAsked
        guard let place = helper.receive(8, unless: { false }) else {
            throw CellarError(
                .inputOutput,
                "cellar-mpi cannot reach the other processes: it ended with \(helper.wait() ?? "status 0").",
                file: program, remedy: "Its message is above. Check that mpirun is Open MPI's.")
        }
        let numbers = [0, 4].map { at in (0..<4).reduce(0) { $0 | Int(place[at + $1]) << (8 * $1) } }
        (rank, ranks) = (numbers[0], numbers[1])
        do throws(CellarError) { _ = try PartedTraining(self) } catch {
            // An end in good order, so that the message is not lost among those of an aborted run.
            helper.send(Self.words(.max, .max))
            _ = helper.wait()
            throw error
        }
    }

    public func exchange(_ numbers: Floats, _ bytes: [UInt8]) -> [[UInt8]]? {
        let size = bytes.count + 1
        let start = 8 * numbers.count
        guard !isBroken, memory.reserve(start + (ranks + 1) * size) else { return nil }
        memory.floats(numbers.count).copy(from: numbers)
        memory.write(bytes + [isAsked() ? 1 : 0], at: start)
        helper.send(Self.words(UInt64(numbers.count), UInt64(size)))
        // Once asked to stop, this process does not wait for ever: the others may be gone.
        guard helper.receive(1, unless: isAsked) != nil else {
            isBroken = true
            return nil
        }
        numbers.copy(from: memory.floats(numbers.count))
        let all = (0..<ranks).map { memory.bytes(size, at: start + (1 + $0) * size) }
        if all.contains(where: { $0.last == 1 }) { shouldStop = true }
        return all.map { Array($0.dropLast()) }
    }

    /// Returns the first process' bytes, of which each process has as many.
    func first(_ bytes: [UInt8]) throws(CellarError) -> [UInt8] { try all(bytes)[0] }

    /// Returns the bytes of all processes, of which each has as many.
    func all(_ bytes: [UInt8]) throws(CellarError) -> [[UInt8]] {
        guard let all = exchange(Arena(count: 0).all, bytes) else { throw Self.broken }
        return all
    }

    /// True for the process that saves the model.
    public var isFirst: Bool { rank == 0 }

    /// Lets all processes draw the same rows and weights, with one thread each.
    func agree(on recipe: inout Recipe, from start: Training.Start?) throws(CellarError) {
        if let threads = recipe.fit.threads, threads > 1 {
            throw CellarError(
                .usage, "each of mpirun's processes has one thread, but \(threads) are asked for.",
                remedy: "Start more processes.")
        }
        recipe.fit.threads = 1
        let drawn = try first((0..<8).map { _ in UInt8.random(in: 0...255) })
        func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
        if recipe.fit.seed == nil, start?.file.facts?.seed == nil {
            recipe.fit.seed = Int(number(drawn[..<4]) & 0x7FFF_FFFF)
        }
        if let split = recipe.data.split, split.isRandom, split.randomState == nil {
            recipe.data.split?.randomState = number(drawn[4...])
        }
    }

    /// Throws unless all processes train the same model on the same rows, with the same kernels.
    func compare(_ training: Training, _ start: Training.Start?) throws(CellarError) {
        let fit = training.recipe.fit
        let facts: [String] = [
            training.recipe.text,
            "\(training.seed) \(fit.epochs) \(fit.batchSize) \(training.data.train.count)",
            training.data.dataset.sha256, start?.sha256 ?? "", Processor.vectorExtensions,
        ]
        let all = try all(Array(sha256(of: facts.joined(separator: "\u{0}")).utf8))
        if let other = all.firstIndex(where: { $0 != all[0] }) {
            throw CellarError(
                .badData,
                "process \(other) of mpirun has another recipe, other data or another kind of processor than process 0.",
                remedy: "Start all of them with the same arguments, files and kind of machine.")
        }
    }

    static let broken = CellarError(.inputOutput, "another process of the run has ended.")

    /// Waits for all processes, and ends the exchange. A process that ends without it ends the run.
    public func finish() {
        if exchange(Arena(count: 0).all, []) != nil {
            helper.send(Self.words(.max, .max))
        } else {
            helper.stop(SIGKILL)
        }
        _ = helper.wait()
    }

    private static func words(_ numbers: UInt64...) -> [UInt8] {
        numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    }
}

/// Memory that another process sees too.
@safe private final class SharedMemory {
    let descriptor: Int32
    private var base: UnsafeMutableRawPointer?
    private var size = 0

    init() throws(CellarError) {
        descriptor = cpr_shared_memory()
        guard descriptor >= 0 else { throw .system("make shared memory", "cellar-mpi", errno) }
    }

    deinit {
        if let base = unsafe base { unsafe munmap(base, size) }
        close(descriptor)
    }

    /// Makes room for so many bytes. Returns false if the system has no memory.
    func reserve(_ count: Int) -> Bool {
        guard count > size else { return true }
        if let old = unsafe base { unsafe munmap(old, size) }
        (unsafe base, size) = (nil, 0)
        guard ftruncate(descriptor, off_t(count)) == 0 else { return false }
        let found = unsafe mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard unsafe found != MAP_FAILED else { return false }
        (unsafe base, size) = (unsafe found, count)
        return true
    }

    func floats(_ count: Int) -> Floats {
        guard let base = unsafe base, count * 4 <= size else {
            preconditionFailure("reserve(_:) comes first")
        }
        return unsafe Floats(base: base.assumingMemoryBound(to: Float.self), count: count)
    }

    func write(_ bytes: [UInt8], at start: Int) {
        guard let base = unsafe base, start + bytes.count <= size else {
            preconditionFailure("reserve(_:) comes first")
        }
        unsafe bytes.withUnsafeBytes {
            unsafe (base + start).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
    }

    func bytes(_ count: Int, at start: Int) -> [UInt8] {
        guard let base = unsafe base, start + count <= size else {
            preconditionFailure("reserve(_:) comes first")
        }
        return unsafe Array(UnsafeRawBufferPointer(start: base + start, count: count))
    }
}
