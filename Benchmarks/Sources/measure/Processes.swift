import Glibc

/// A finished process: how long it took, and the most memory that it had.
struct Finished {
    let seconds: Double
    let peakBytes: Int
}

/// Runs a program to its end. Standard output goes to `output`, or nowhere.
///
/// A process that we start counts our own memory as its peak until it has more, so whoever asks for memory must hold
/// little itself.
func run(_ arguments: [String], input: String = "/dev/null", output: String = "/dev/null") -> Finished {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    // What they have to say would hide our own progress; a command that fails is named and can be run by hand.
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var words = arguments.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }

    var process: pid_t = 0
    let start = ContinuousClock.now
    let error = posix_spawnp(&process, arguments[0], &actions, nil, words, environ)
    guard error == 0 else { failed(arguments, "cannot be started: \(String(cString: strerror(error)))") }
    var (status, usage) = (Int32(0), rusage())
    while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
    let seconds = (ContinuousClock.now - start).seconds
    guard status == 0 else { failed(arguments, "ended with status \(status >> 8)") }
    return Finished(seconds: seconds, peakBytes: usage.ru_maxrss * 1024)
}

/// The same several times, after one that does not count.
func runs(_ count: Int, of arguments: [String], input: String = "/dev/null", output: String = "/dev/null")
    -> (seconds: [Double], peakBytes: Int)
{
    _ = run(arguments, input: input, output: output)
    let all = (0..<count).map { _ in run(arguments, input: input, output: output) }
    return (all.map(\.seconds), all.map(\.peakBytes).max() ?? 0)
}

func failed(_ command: [String], _ why: String) -> Never {
    let line = "measure: \(command.joined(separator: " ")) \(why)\n"
    write(2, line, line.utf8.count)
    exit(1)
}
