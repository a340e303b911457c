import Base

/// A process' command line: `trainer fit …`, where the executable's name is the command, or `cellar trainer fit …`.
public struct Invocation {
    public enum Command: String, CaseIterable, Sendable {
        case trainer, registry, infer
    }

    /// The command that is called; nil where the words name none.
    public let command: Command?
    /// The words after the command's name.
    public let arguments: ArraySlice<String>
    /// Whether the executable has a name of its own and the command is its first argument.
    public let isNested: Bool
    private let executable: String

    public init(_ words: [String] = CommandLine.arguments) {
        let executable = words.first ?? ""
        let name = executable.lastIndex(of: "/").map { String(executable[$0...].dropFirst()) } ?? executable
        self.executable = executable
        if let own = Command(rawValue: name) {
            (command, arguments, isNested) = (own, words.dropFirst(), false)
        } else {
            let first = words.count > 1 ? Command(rawValue: words[1]) : nil
            (command, arguments, isNested) = (first, words.dropFirst(first == nil ? 1 : 2), true)
        }
    }

    /// The words that start a command of this executable again, from any folder.
    public static func program(of command: Command) -> [String] {
        let executable = FileSystem.resolved("/proc/self/exe")
        // Under a command's own name the executable is that command.
        return Command(rawValue: FileSystem.name(of: executable)) == command
            ? [executable] : [executable, command.rawValue]
    }

    /// What to type for a command in the way this one was called: `bin/infer` or `bin/cellar infer`.
    public func path(of command: Command) -> String {
        if isNested { return "\(executable.isEmpty ? "cellar" : shellWord(executable)) \(command.rawValue)" }
        guard let slash = executable.lastIndex(of: "/") else { return command.rawValue }
        return shellWord(executable[...slash] + command.rawValue)
    }
}
