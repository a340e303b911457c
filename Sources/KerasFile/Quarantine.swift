import Base
import Glibc
import HDF5

/// Reads an untrusted file in a child process with limits on memory, time and files, before this process opens it.
/// HDF5's library (1.10.8 in Debian 12) can crash on a file that is damaged or made to harm; then the child crashes, and
/// `check` throws.
///
/// The child runs this same program, which calls `serveIfAsked` first of all.
public enum Quarantine {
    private static let flag = "--read-in-quarantine"
    /// Set in the child's environment, so that a program that never calls `serveIfAsked` does not start child after child.
    private static let mark = "CELLAR_QUARANTINE"
    /// Seconds of processor time: one and a half, and one more for each 16 MB, which is slow even for gzipped numbers.
    private static func seconds(for size: Int) -> Double { 1.5 + Double(size >> 24) }
    private static let askedForTooMuch: Int32 = 3
    /// The status of a child that does not know which file to read.
    private static let hadNoArguments: Int32 = 71
    /// Bytes beside eight times the file's own size.
    private static let memory = 256 << 20

    /// Where this process was started by `check`: reads the file whole and exits.
    public static func serveIfAsked() {
        let arguments = CommandLine.arguments
        // Swift reads them from /proc. Without them the child must not end as if it had read the file.
        if arguments.isEmpty, environmentVariable(mark) != nil { exit(hadNoArguments) }
        guard arguments.count == 3, arguments[1] == flag else { return }
        let size = size(of: arguments[2])
        // The limit of a process counts whole seconds; the timer ends it in between, with SIGPROF.
        limit(RLIMIT_CPU, to: rlim_t(seconds(for: size)) + 1)
        let microseconds = Int(seconds(for: size) * 1e6)
        var timer = itimerval()
        timer.it_value = timeval(tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
        _ = unsafe setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
        limit(RLIMIT_AS, to: rlim_t(min(memory + 8 * min(size, 1 << 37), 1 << 40)))
        limit(RLIMIT_FSIZE, to: 0)
        limit(RLIMIT_NOFILE, to: 16)
        limit(RLIMIT_CORE, to: 0)
        HDF5Library.endProcessOnFailedAllocation(status: askedForTooMuch)
        // A crash here is nobody's to look into: no backtrace, just the end.
        for crash in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE] { signal(crash, SIG_DFL) }
        // An error that is told is no crash: the caller will find it again and tell it better. But without our limits it would
        // get the memory that a damaged size asks for.
        do {
            _ = try readModel(.unchecked(arguments[2]))
        } catch {
            if error.category == .outOfMemory { exit(askedForTooMuch) }
            try? readEverything(.unchecked(arguments[2]))
        }
        exit(0)
    }

    private static func size(of path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? max(Int(status.st_size), 0) : 0
    }

    private static func limit(_ resource: __rlimit_resource, to value: rlim_t) {
        var pair = rlimit(rlim_cur: value, rlim_max: value)
        _ = unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &pair)
    }

    /// Throws where reading the file kills the process that does it.
    public static func check(_ path: String) throws(CellarError) {
        guard environmentVariable(mark) == nil else {
            throw CellarError(
                .internalFault, "the program does not call Quarantine.serveIfAsked() first of all.",
                file: path)
        }
        let words = ["/proc/self/exe", flag, path]
        var process = pid_t()
        var silent = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&silent)
        defer { unsafe posix_spawn_file_actions_destroy(&silent) }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            unsafe posix_spawn_file_actions_addopen(&silent, descriptor, "/dev/null", O_RDWR, 0)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        // Not by `setenv`, which other threads would see.
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe [strdup(mark + "=1")]
        defer { unsafe free(environment[0]) }
        var inherited = unsafe environ
        while let entry = unsafe inherited.pointee {
            unsafe environment.append(entry)
            unsafe inherited += 1
        }
        unsafe environment.append(nil)
        let failed = unsafe posix_spawn(&process, words[0], &silent, nil, &arguments, environment)
        guard failed == 0 else {
            throw CellarError(
                .outOfMemory,
                "cannot read it in a process of its own, which protects this one: "
                    + "\(systemMessage(failed)).", file: path,
                remedy: "Allow more processes (ulimit -u), or free some memory, and try again.")
        }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1 && errno == EINTR {}
        let (signal, code) = (status & 0x7f, status >> 8 & 0xff)
        if signal == 0, code == hadNoArguments {
            throw CellarError(
                .inputOutput,
                "cannot read it in a process of its own: that process could not read its arguments from /proc/self/maps.",
                file: path, remedy: "Free some memory or file descriptors, and try again.")
        }
        guard signal != 0 || code == askedForTooMuch else { return }
        let why =
            switch signal {
            case SIGXCPU, SIGKILL, SIGPROF: "took more than \(seconds(for: size(of: path))) seconds"
            case 0, SIGILL, SIGTRAP, SIGABRT: "asked for more memory than such a file can need"
            default: "crashed HDF5's library (signal \(signal))"
            }
        throw CellarError(
            .badData,
            "reading it in a process of its own \(why): the file is damaged or made to harm. Take a fresh copy of it, or save "
                + "it again with its own program.", file: path)
    }
}
