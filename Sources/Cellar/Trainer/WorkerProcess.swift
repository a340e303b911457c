import Base
import Glibc

/// A process that is given lines and answers them with lines. Its standard error is ours.
final class WorkerProcess {
    private let process: pid_t
    /// Our end of the connection that is its standard input and output. A socket, as writing to a pipe whose reader has ended would
    /// end this process (SIGPIPE).
    let connection: Int32
    private var bytes: [UInt8] = []

    /// Starts a program, which is found in PATH unless it has a slash.
    ///
    /// - inOwnGroup: Keeps the terminal's signals (Ctrl-C) from it, which would end a program that does not expect them.
    /// - memory: A file that it gets as descriptor 3.
    static func start(
        _ words: [String], inOwnGroup: Bool, sharing memory: Int32? = nil
    ) throws(CellarError) -> WorkerProcess {
        // Ours, and the worker's. Closed in the other workers, which would keep this one's input open.
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw .system("make a connection to", words[0], errno)
        }
        defer { close(ends[1]) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for standard in [STDIN_FILENO, STDOUT_FILENO] {
            unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], standard)
        }
        if let memory { unsafe posix_spawn_file_actions_adddup2(&actions, memory, 3) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        if inOwnGroup {
            unsafe posix_spawnattr_setpgroup(&attributes, 0)
            unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var child = pid_t()
        let code = unsafe posix_spawnp(&child, words[0], &actions, &attributes, &arguments, environ)
        guard code == 0 else {
            close(ends[0])
            throw CellarError(
                .noInput, "cannot start a worker: \(systemMessage(code)).", file: words[0],
                remedy: "Check that it is installed and in PATH.")
        }
        return WorkerProcess(child, ends[0])
    }

    private init(_ process: pid_t, _ connection: Int32) {
        (self.process, self.connection) = (process, connection)
    }

    deinit { close(connection) }

    /// Sends a line. A worker that has ended is noticed by its output.
    func send(_ line: String) { send(Array((line + "\n").utf8)) }

    func send(_ text: [UInt8]) {
        var sent = 0
        while sent < text.count {
            let count = unsafe text.withUnsafeBytes {
                unsafe Glibc.send(
                    connection, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno != EINTR { return }
            sent += max(count, 0)
        }
    }

    /// Tells the worker that no more lines come.
    func closeInput() { _ = shutdown(connection, Int32(SHUT_WR)) }

    /// Reads what there is, and returns the complete lines; nil once the worker has ended.
    func read() -> [String]? {
        var block = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe block.withUnsafeMutableBytes {
            unsafe Glibc.read(connection, $0.baseAddress!, $0.count)
        }
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        guard count > 0 else { return nil }
        bytes += block[..<count]
        let parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let lines = parts.dropLast().map { String(decoding: $0, as: UTF8.self) }
        bytes = Array(parts.last ?? [])
        return lines
    }

    /// Waits for so many bytes; nil once the process has ended, or half a second after `stop` was true for the first time.
    func receive(_ count: Int, unless stop: () -> Bool) -> [UInt8]? {
        var found: [UInt8] = []
        var patience = 5
        while found.count < count {
            var ready = [pollfd(fd: connection, events: Int16(POLLIN), revents: 0)]
            if unsafe poll(&ready, 1, 100) <= 0 {
                if stop() { patience -= 1 }
                if patience == 0 { return nil }
                continue
            }
            var block = [UInt8](repeating: 0, count: count - found.count)
            let read = unsafe block.withUnsafeMutableBytes {
                unsafe Glibc.read(connection, $0.baseAddress!, $0.count)
            }
            if read < 0, errno == EINTR || errno == EAGAIN { continue }
            guard read > 0 else { return nil }
            found += block[..<read]
        }
        return found
    }

    /// Waits for the end, and returns how it was: `status 65`, `signal 9`; nil where all went well.
    func wait() -> String? {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1 && errno == EINTR {}
        let (signal, code) = (status & 0x7f, status >> 8 & 0xff)
        if signal != 0 { return "signal \(signal)" }
        return code == 0 ? nil : "status \(code)"
    }

    func stop(_ signal: Int32 = SIGTERM) { kill(process, signal) }
}
