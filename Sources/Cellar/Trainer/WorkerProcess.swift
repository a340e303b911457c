import Base
import Glibc

/// A process that is given lines and answers them with lines. Its standard error is ours.
final class WorkerProcess {
    private let process: pid_t
    /// Our ends of its standard input and output.
    private let input: Int32
    let output: Int32
    private var bytes: [UInt8] = []
    private var hasInput = true

    /// Starts a program, which is found in PATH unless it has a slash.
    static func start(_ words: [String]) throws(CellarError) -> WorkerProcess {
        var (toChild, fromChild): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard unsafe pipe(&toChild) == 0, unsafe pipe(&fromChild) == 0 else {
            throw .system("make a pipe", words[0], errno)
        }
        // Closed in the other workers, which would keep this one's input open.
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, toChild[0], STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, fromChild[1], STDOUT_FILENO)
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var child = pid_t()
        let code = unsafe posix_spawnp(&child, words[0], &actions, nil, &arguments, environ)
        close(toChild[0])
        close(fromChild[1])
        guard code == 0 else {
            close(toChild[1])
            close(fromChild[0])
            throw CellarError(
                .noInput, "cannot start a worker: \(systemMessage(code)).", file: words[0],
                remedy: "Check that it is installed and in PATH.")
        }
        return WorkerProcess(child, input: toChild[1], output: fromChild[0])
    }

    private init(_ process: pid_t, input: Int32, output: Int32) {
        (self.process, self.input, self.output) = (process, input, output)
    }

    deinit {
        closeInput()
        close(output)
    }

    /// Sends a line. A worker that has ended is noticed by its output.
    func send(_ line: String) {
        let text = Array((line + "\n").utf8)
        var sent = 0
        while sent < text.count {
            let count = unsafe text.withUnsafeBytes {
                unsafe write(input, $0.baseAddress! + sent, $0.count - sent)
            }
            if count < 0, errno != EINTR { return }
            sent += max(count, 0)
        }
    }

    /// Tells the worker that no more lines come.
    func closeInput() {
        if hasInput { close(input) }
        hasInput = false
    }

    /// Reads what there is, and returns the complete lines; nil once the worker has ended.
    func read() -> [String]? {
        var block = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe block.withUnsafeMutableBytes {
            unsafe Glibc.read(output, $0.baseAddress!, $0.count)
        }
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        guard count > 0 else { return nil }
        bytes += block[..<count]
        let parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let lines = parts.dropLast().map { String(decoding: $0, as: UTF8.self) }
        bytes = Array(parts.last ?? [])
        return lines
    }

    /// Waits for the end, and returns how it was: `status 65`, `signal 9`; nil where all went well.
    func wait() -> String? {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1 && errno == EINTR {}
        let (signal, code) = (status & 0x7f, status >> 8 & 0xff)
        if signal != 0 { return "signal \(signal)" }
        return code == 0 ? nil : "status \(code)"
    }

    func stop() { kill(process, SIGTERM) }
}
