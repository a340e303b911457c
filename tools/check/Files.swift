import Foundation

struct Problem {
    var text: String

    init(_ text: String) { self.text = text }

    init(_ file: String, _ line: Int, _ message: String) { text = "\(file):\(line): \(message)" }
}

func contents(_ file: String) throws -> String {
    try String(contentsOfFile: file, encoding: .utf8)
}

func lines(_ file: String) throws -> [Substring] {
    try contents(file).split(separator: "\n", omittingEmptySubsequences: false)
}

/// The files that git tracks, or would, that match the patterns.
func tracked(_ patterns: [String]) throws -> [String] {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard", "--"]
    // The folder may belong to another user, as in a container.
    let text = try output("git", ["-c", "safe.directory=*"] + list + patterns)
    return Set(text.split(separator: "\n").map(String.init)).filter(FileManager.default.fileExists).sorted()
}

/// The standard output of a command.
func output(_ command: String, _ arguments: [String], input: String? = nil) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    let result = Pipe()
    process.standardOutput = result
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("check-\(getpid()).txt")
    if let input {
        try input.write(to: file, atomically: false, encoding: .utf8)
        process.standardInput = try FileHandle(forReadingFrom: file)
    }
    try process.run()
    let data = result.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if input != nil { try FileManager.default.removeItem(at: file) }
    guard process.terminationStatus == 0 else {
        throw Failure("\(command) \(arguments.joined(separator: " ")) failed")
    }
    return String(decoding: data, as: UTF8.self)
}

struct Failure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
