import Foundation
import Base
import TestSupport

/// A folder in which the built commands run, with a store of its own.
struct Workplace {
    let folder: URL

    struct Outcome {
        var status: Int32
        var output, errors: String

        /// Standard output, read as JSON.
        var json: JSON { get throws { try JSON(parsing: output) } }
    }

    static func make(_ body: (Workplace) throws -> Void) throws {
        try Fixtures.temporaryFolder { try body(Workplace(folder: $0)) }
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// Writes a file, and gives its path.
    func file(_ name: String, _ text: String) throws -> String { try file(name, Data(text.utf8)) }

    func file(_ name: String, _ data: Data) throws -> String {
        try data.write(to: folder.appendingPathComponent(name))
        return path(name)
    }

    func trainer(_ arguments: String...) throws -> Outcome { try run("trainer", arguments) }
    func registry(_ arguments: String...) throws -> Outcome { try run("registry", arguments) }
    func infer(_ arguments: String...) throws -> Outcome { try run("infer", arguments) }

    /// Runs a command to its end. `meanwhile` gets the running process and the path of what it says on standard error.
    func run(
        _ command: String, _ arguments: [String], input: String? = nil,
        meanwhile: (Process, String) throws -> Void = { _, _ in }
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = try Commands.url(of: command)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ["CELLAR_STORE": "models", "PATH": "/usr/bin:/bin"]
        // Files, as nobody reads a pipe while the process runs.
        let (output, errors) = (try file("output.txt", ""), try file("errors.txt", ""))
        process.standardInput =
            try input.map { FileHandle(forReadingAtPath: try file("input.txt", $0)) } ?? FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        try meanwhile(process, errors)
        process.waitUntilExit()
        return Outcome(
            // A crash is none of the statuses that a test may expect.
            status: process.terminationReason == .exit
                ? process.terminationStatus : -process.terminationStatus,
            output: try text("output.txt"), errors: try text("errors.txt"))
    }

    /// A file of the repository.
    static func shipped(_ name: String) -> String { Fixtures.repository.appendingPathComponent(name).path }
}
