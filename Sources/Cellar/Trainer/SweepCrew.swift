import Base
import Glibc
import Trainer

/// The workers of a sweep. Each has one task at a time, so that none is left when a cancelled sweep has ended its trainings; a worker
/// that ends is started again once.
struct SweepCrew {
    private final class Member {
        let command: [String]
        var process: WorkerProcess?
        var task: TrialTask?
        /// Ends without a result.
        var ends = 0

        init(_ command: [String]) { self.command = command }
    }

    private let members: [Member]
    private let sharesSignals: Bool
    private static let mostEnds = 2

    /// - sharesSignals: True for workers that get Ctrl-C as we do, and deal with it; others are kept from it.
    init(_ commands: [[String]], sharesSignals: Bool) {
        members = commands.map(Member.init)
        self.sharesSignals = sharesSignals
    }

    /// Trains the tasks, and calls `done` with each result as it comes. Cancelled, it waits for the tasks that are being trained.
    mutating func train(
        _ tasks: [TrialTask], isCancelled: () -> Bool, done: (TrialResult) throws -> Void
    ) throws {
        var waiting = tasks[...]
        var tries: [Int: Int] = [:]
        while true {
            if isCancelled() { waiting = [] }
            for member in members where member.ends < SweepCrew.mostEnds {
                guard member.task == nil, let task = waiting.first else { continue }
                if member.process == nil {
                    member.process = try WorkerProcess.start(member.command, inOwnGroup: !sharesSignals)
                }
                waiting.removeFirst()
                member.task = task
                member.process?.send(task.json.text())
            }
            let busy = members.filter { $0.task != nil }
            if busy.isEmpty {
                guard waiting.isEmpty else {
                    throw CellarError(
                        .inputOutput, "all workers have ended, with \(waiting.count) trials left.",
                        remedy:
                            "Their messages are above. The same command goes on with the trials that are left."
                    )
                }
                return
            }
            for member in ready(busy) {
                guard let lines = member.process?.read() else {
                    try lost(member, &waiting, &tries, done)
                    continue
                }
                for line in lines {
                    // Other programs may print lines too, and a result that nobody asked for is none.
                    guard let result = TrialResult(line: line), let task = member.task,
                        (task.number, task.rung) == (result.number, result.rung)
                    else { continue }
                    member.task = nil
                    member.ends = 0
                    try done(result)
                }
            }
        }
    }

    /// The members with something to read; none after a while, so that a cancellation is noticed.
    private func ready(_ busy: [Member]) -> [Member] {
        var polls = busy.map { pollfd(fd: $0.process?.connection ?? -1, events: Int16(POLLIN), revents: 0) }
        guard unsafe poll(&polls, nfds_t(polls.count), 200) > 0 else { return [] }
        return zip(busy, polls).filter { $0.1.revents != 0 }.map(\.0)
    }

    /// A worker has ended: its task goes to another, but one that has ended two workers has failed.
    private func lost(
        _ member: Member, _ waiting: inout ArraySlice<TrialTask>, _ tries: inout [Int: Int],
        _ done: (TrialResult) throws -> Void
    ) throws {
        let how = member.process?.wait() ?? "status 0"
        member.process = nil
        member.ends += 1
        guard let task = member.task else { return }
        member.task = nil
        tries[task.number, default: 0] += 1
        if tries[task.number, default: 0] >= 2 {
            try done(TrialResult(task, error: "the worker ended with \(how), twice"))
        } else {
            waiting.insert(task, at: waiting.startIndex)
        }
    }

    /// Lets all workers end.
    mutating func dismiss() {
        for member in members { member.process?.closeInput() }
        for member in members {
            if member.task != nil { member.process?.stop() }
            _ = member.process?.wait()
            member.process = nil
        }
    }
}
