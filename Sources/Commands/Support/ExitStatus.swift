/// What a command's end tells the shell: the codes of sysexits(3).
public enum ExitStatus: Int32, Sendable {
    case success = 0
    /// The command line is wrong. ArgumentParser uses it too.
    case usage = 64
    /// The input is there but not right.
    case data = 65
    /// An input file is missing or cannot be read.
    case noInput = 66
    /// Our own fault.
    case software = 70
    /// An output file cannot be made.
    case cannotCreate = 73
    /// Reading or writing broke off: a disk is full or failing.
    case inputOutput = 74
    case noPermission = 77
    /// Whoever read our output has gone; what a shell shows of a program that SIGPIPE ended.
    case outputClosed = 141
}
