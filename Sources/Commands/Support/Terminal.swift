import Base
import Glibc

/// What the other end of standard output or standard error can show.
public struct Terminal: Equatable, Sendable {
    /// A person looks at it; otherwise it is a file or a pipe.
    public var isTerminal: Bool
    /// In columns.
    public var width: Int
    public var hasColour: Bool
    /// Whether it shows more than ASCII, by the locale's name.
    public var isUnicode: Bool

    public init(isTerminal: Bool, width: Int = 80, hasColour: Bool = false, isUnicode: Bool = true) {
        (self.isTerminal, self.width, self.hasColour, self.isUnicode) = (
            isTerminal, width, hasColour, isUnicode
        )
    }

    /// Standard output, as it was when first asked for.
    public static let output = Terminal(descriptor: STDOUT_FILENO)
    /// Standard error, likewise.
    public static let error = Terminal(descriptor: STDERR_FILENO)

    /// Whether a person can answer on standard input.
    public static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    init(descriptor: Int32) {
        let isTerminal = isatty(descriptor) == 1
        let columns = isTerminal ? windowWidth(descriptor) : nil
        self.init(isTerminal: isTerminal, columns: columns, environment: environmentVariable)
    }

    /// Follows NO_COLOR (no-color.org: set and not empty), TERM, COLUMNS, and the locale's variables.
    init(isTerminal: Bool, columns: Int?, environment: (String) -> String?) {
        func variable(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? ""
        let codeset = locale.lowercased()
        self.init(
            isTerminal: isTerminal,
            width: columns ?? variable("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 80,
            hasColour: isTerminal && variable("NO_COLOR") == nil && variable("TERM") != nil
                && variable("TERM") != "dumb",
            isUnicode: codeset.hasSuffix("utf-8") || codeset.hasSuffix("utf8"))
    }

    /// The text in bold letters, or as it is where colours are not wanted.
    public func bold(_ text: String) -> String {
        hasColour && !text.isEmpty ? "\u{1B}[1m\(text)\u{1B}[0m" : text
    }
}

private func windowWidth(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
}
