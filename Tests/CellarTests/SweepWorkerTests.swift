import Base
import Foundation
import Glibc
import Testing

@testable import Cellar
@testable import Trainer

/// Programs of a shell in place of real workers: each gets a trial as a line of JSON.
@Suite("Workers of a sweep", .serialized)
struct SweepWorkerTests {
    /// Answers each trial, whose reference is the name of a version.
    private static let good =
        #"exec sed -u 's/"epochs".*/"reference": "x:1", "value": 0.5, "error": null}/'"#

    private func sweep(
        _ script: String, _ store: Store, _ plan: SweepPlan, workers: Int = 2,
        isCancelled: @escaping @Sendable () -> Bool = { false }, report: (TrialResult) -> Void = { _ in }
    ) throws -> SweepResult {
        let request = SweepRequest(
            file: plan.file, workers: .local(workers), program: ["/bin/sh", "-c", script])
        return try store.sweep(request, progress: ProgressReporter(isCancelled: isCancelled)) {
            result, _, _ in
            report(result)
        }
    }

    @Test("train each trial once, and none that is in the store, also if it is there twice")
    func counts() throws {
        try makeSweep("name: tried\nset: { fit.seed: [1, 2, 3] }") { store, plan in
            _ = try serve(store, plan, [TrialTask(2), TrialTask(2)])
            #expect(try store.trialsDone(plan).count == 2)
            let result = try sweep(Self.good, store, plan)
            #expect(result.found == 1 && result.trained == 2 && result.failures.isEmpty)
            #expect(result.results.map(\.number) == [1, 2, 3])
            #expect(result.json["trained"] == 2)
        }
    }

    @Test("may print other lines, and results that nobody asked for")
    func otherLines() throws {
        try makeSweep("set: { fit.seed: [1, 2] }") { store, plan in
            let script = #"""
                echo hello; echo '{"trial": 99, "rung": 0, "reference": "x:9", "value": 9}'
                echo '{"trial": 1, "rung": 5, "reference": "x:9", "value": 9}'
                """#
            let result = try sweep(script + "\n" + Self.good, store, plan)
            #expect(result.trained == 2 && result.results.allSatisfy { $0.value == 0.5 })
        }
    }

    @Test("that end without an answer fail their trials and not the sweep")
    func endedWorkers() throws {
        try makeSweep("set: { fit.seed: [1, 2, 3] }") { store, plan in
            // Some end before they are given a trial, which must not end this process.
            let script = #"""
                while read -r line; do
                    case "$line" in *'"trial": 2,'*) exit 3;; esac
                    echo "$line" | sed 's/"epochs".*/"reference": "x:1", "value": 0.5}/'
                done
                """#
            let result = try sweep(script, store, plan)
            #expect(result.failures.map(\.number) == [2] && result.trained == 2)
            #expect(result.failures.first?.error == "the worker ended with status 3, twice")
            #expect(throws: CellarError.self) { _ = try sweep("exit 0", store, plan) }
            #expect(throws: CellarError.self) { _ = try sweep("exec <&- >&-; sleep 0.1", store, plan) }
        }
    }

    @Test("end their trials when a sweep is cancelled, and get no more")
    func cancelled() throws {
        try makeSweep("set: { fit.seed: { from: 1, to: 40 } }") { store, plan in
            let marker = FileSystem.folder(of: plan.file) + "/cancelled"
            let slow =
                #"while read -r line; do sleep 0.05; echo "$line" | sed 's/"epochs".*/"reference": "x:1", "value": 0.5}/'; done"#
            let result = try sweep(
                slow, store, plan, isCancelled: { FileSystem.exists(marker) },
                report: { _ in try? writeFile(marker, [1]) })
            #expect(result.isCancelled && (1...4).contains(result.trained) && result.failures.isEmpty)
        }
    }

    @Test("leave no connection open, also those that cannot be started")
    func connections() throws {
        func open() -> Int {
            (0..<1024).count { descriptor in
                var (domain, size): (Int32, socklen_t) = (0, 4)
                return unsafe getsockopt(Int32(descriptor), SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0
                    && domain == AF_UNIX
            }
        }
        let before = open()
        for _ in 0..<20 {
            let worker = try WorkerProcess.start(["cat"], inOwnGroup: true)
            worker.send("a")
            worker.closeInput()
            #expect(worker.wait() == nil)
            worker.send("b")
            #expect(throws: CellarError.self) {
                _ = try WorkerProcess.start(["/no/such/program"], inOwnGroup: false)
            }
        }
        #expect(open() == before)
    }

    @Test("that other programs start are in a group of their own, which a terminal's signals do not reach")
    func groups() throws {
        for isOwn in [true, false] {
            let worker = try WorkerProcess.start(
                ["sh", "-c", "echo $(ps -o pgid= -p $$) $$"], inOwnGroup: isOwn)
            var lines: [String] = []
            while let more = worker.read() { lines += more }
            let numbers = lines.joined().split(separator: " ")
            #expect(numbers.count == 2 && (numbers.first == numbers.last) == isOwn)
            #expect(worker.wait() == nil)
        }
    }

    @Test("a file that says it is another sweep's trial, or one that the sweep does not have, is none")
    func strangeTrials() throws {
        try makeSweep("name: tried\nset: { fit.seed: [1, 2] }") { store, plan in
            _ = try serve(store, plan, [TrialTask(1)])
            let version = try store.models.version("tried:1")
            let model = try store.inspect(InspectRequest(model: "tried:1")).file.model
            for (trial, rung, sweep) in [
                (0, 0, plan.sha256), (3, 0, plan.sha256), (2, 1, plan.sha256), (2, -1, plan.sha256),
                (2, 0, "other"),
            ] {
                var facts = try store.models.facts(of: version)
                facts.hyperparameters.config["trial"] = .integer(trial)
                facts.hyperparameters.config["rung"] = .integer(rung)
                facts.parents = [.init(kind: .trialOf, sha256: sweep, reference: plan.id)]
                try SmallStore(store: store, folder: URL(fileURLWithPath: "/")).save(model, facts)
            }
            #expect(try store.trialsDone(plan).map(\.number) == [1])
        }
    }

    @Test("are not asked for trials that are there under another name of the sweep's file")
    func namesOfSweeps() throws {
        try makeSweep("name: tried\nset: { fit.seed: [1, 2] }") { store, plan in
            _ = try serve(store, plan, [TrialTask(1)])
            let folder = FileSystem.folder(of: plan.file)
            for name in ["it's.yaml", "' OR 1 = 1 --.yaml"] {
                try writeFile("\(folder)/\(name)", readFile(plan.file, limit: 1 << 16))
                let other = try SweepPlan(path: "\(folder)/\(name)")
                #expect(other.sha256 == plan.sha256 && other.id != plan.id)
                #expect(try store.trialsDone(other).map(\.number) == [1])
            }
        }
    }
}
