import Base
import Glibc

/// The name of the log that this copy of a store writes to.
///
/// It is made of the computer's id and the inode of the store's folder: a copy by git, rsync or cp has another inode, so two
/// copies never append to the same file, and nothing has to be stored that a copy would take along. A store that is
/// moved to another disk begins a new log beside the old one, which is harmless.
enum Origin {
    /// 16 hex digits.
    static func name(ofStore path: String) -> String {
        var about = stat()
        let inode = unsafe stat(path, &about) == 0 ? UInt64(about.st_ino) : 0
        return String(sha256(of: "\(computer) \(inode)").prefix(16))
    }

    private static let computer = String(
        decoding: (try? readFile("/etc/machine-id", limit: 64)) ?? [], as: UTF8.self)

    /// Whether a file name is that of a log.
    static func isLog(_ name: String) -> Bool {
        name.hasSuffix(".jsonl") && name.utf8.count <= 60
            && name.dropLast(6).utf8.allSatisfy {
                (48...57).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "-")
            } && name.utf8.count > 6
    }
}

/// Who writes an event: the user and the computer, and the command line.
enum Author {
    /// `CELLAR_USER` names another one, such as a job of a build server.
    static let who: String = {
        if let named = environmentVariable("CELLAR_USER"), !named.isEmpty { return short(named, 200) }
        var host = [CChar](repeating: 0, count: 256)
        let known = unsafe gethostname(&host, 255) == 0
        let name = String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return short(
            "\(environmentVariable("USER") ?? "user \(geteuid())")@\(known ? name : "localhost")", 200)
    }()

    static let command: String = {
        var words = CommandLine.arguments
        if let program = words.first { words[0] = FileSystem.name(of: program) }
        return short(words.joined(separator: " "), 1_000)
    }()

    private static func short(_ text: String, _ limit: Int) -> String {
        text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }
}
