import Base
import Synchronization
import Tensors

/// Runs the three steps of a stream on several threads: blocks are taken and sent one after another, in order, and computed at
/// the same time. Each thread holds one block, so memory is bounded: a thread that has computed its block waits for the
/// earlier ones, sends it, and takes the next one.
final class OrderedPipeline {
    private let taking = OrderedGate()
    private let sending = OrderedGate()
    private let stopped = Atomic(false)
    private var failure: (any Error)?

    /// Runs until a block is not taken. The first error in the order of the blocks is thrown, after the blocks before it
    /// were sent; later blocks are not sent.
    ///
    /// - block: Makes each thread's block, whose memory is reused.
    /// - take: Fills the block; false at the end, or where `stop` returns true while waiting.
    /// - compute: Runs at the same time as that of other threads.
    func run<Block>(
        threads: Int, block: () -> Block,
        take: (inout Block, _ stop: () -> Bool) throws -> Bool,
        compute: (inout Block, _ thread: Int) throws -> Void,
        send: (inout Block) throws -> Void
    ) throws {
        guard let pool = ThreadPool(count: threads) else {
            throw CellarError(
                .inputOutput, "cannot create \(threads) threads.", remedy: "Use fewer --threads.")
        }
        pool.run { thread in
            var block = block()
            var more = true
            while more {
                // The ticket of taking is the block's number in the stream.
                var problem: (any Error)?
                let number = taking.take {
                    do {
                        more = try take(&block) { stopped.load(ordering: .relaxed) }
                    } catch { (problem, more) = (error, false) }
                }
                if more { do { try compute(&block, thread) } catch { problem = error } }
                sending.wait(for: number) {
                    guard failure == nil else { return }
                    do {
                        if let problem { throw problem }
                        if more { try send(&block) }
                    } catch {
                        failure = error
                        stopped.store(true, ordering: .relaxed)
                    }
                }
                if stopped.load(ordering: .relaxed) { more = false }
            }
        }
        if let failure { throw failure }
    }
}
