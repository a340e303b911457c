import Base
import Glibc
import Trainer

/// The workers of a sweep. Each has the task that it trains and the next one; who ends is started again once.
struct SweepCrew {
    private final class Member {
        let command: [String]
        var process: WorkerProcess?
        var tasks: [TrialTask] = []
        /// Ends without a result.
        var ends = 0

        init(_ command: [String]) { self.command = command }
    }

    private let members: [Member]
    private static let mostEnds = 2

    init(_ commands: [[String]]) { members = commands.map(Member.init) }

    /// Trains the tasks, and calls `done` with each result as it comes. Cancelled, it waits for the tasks that are being trained.
    mutating func train(
        _ tasks: [TrialTask], isCancelled: () -> Bool, done: (TrialResult) throws -> Void
    ) throws {
        var waiting = tasks[...]
        var tries: [Int: Int] = [:]
        while true {
            if isCancelled() { waiting = [] }
            for member in members where member.ends < SweepCrew.mostEnds {
                while !waiting.isEmpty, member.tasks.count < 2 {
                    if member.process == nil { member.process = try WorkerProcess.start(member.command) }
                    let task = waiting.removeFirst()
                    member.tasks.append(task)
                    member.process?.send(task.json.text())
                }
            }
            let busy = members.filter { !$0.tasks.isEmpty }
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
                    guard let result = TrialResult(line: line) else { continue }
                    member.tasks.removeAll { ($0.number, $0.rung) == (result.number, result.rung) }
                    member.ends = 0
                    try done(result)
                }
            }
        }
    }

    /// The members with something to read; none after a while, so that a cancellation is noticed.
    private func ready(_ busy: [Member]) -> [Member] {
        var polls = busy.map { pollfd(fd: $0.process?.output ?? -1, events: Int16(POLLIN), revents: 0) }
        guard unsafe poll(&polls, nfds_t(polls.count), 200) > 0 else { return [] }
        return zip(busy, polls).filter { $0.1.revents != 0 }.map(\.0)
    }

    /// A worker has ended: its tasks go to others, but one that has ended two workers has failed.
    private func lost(
        _ member: Member, _ waiting: inout ArraySlice<TrialTask>, _ tries: inout [Int: Int],
        _ done: (TrialResult) throws -> Void
    ) throws {
        let how = member.process?.wait() ?? "status 0"
        member.process = nil
        member.ends += 1
        let tasks = member.tasks
        member.tasks = []
        // Only the first of them was being trained.
        for (index, task) in tasks.enumerated() {
            if index == 0 { tries[task.number, default: 0] += 1 }
            if tries[task.number, default: 0] >= 2 {
                try done(TrialResult(task, error: "the worker ended with \(how), twice"))
            } else {
                waiting.insert(task, at: waiting.startIndex)
            }
        }
    }

    /// Lets all workers end.
    mutating func dismiss() {
        for member in members { member.process?.closeInput() }
        for member in members {
            if !member.tasks.isEmpty { member.process?.stop() }
            _ = member.process?.wait()
            member.process = nil
        }
    }
}
