import Foundation

/// A reader that libFuzzer calls with any bytes. It must return; a trap, a hang or a `fault` is a finding.
struct FuzzTarget: Sendable {
    let name: String
    let run: @Sendable ([UInt8]) -> Void
    /// Inputs to begin with that only our code can write.
    var seeds: @Sendable () throws -> [[UInt8]] = { [] }
}

let targets: [FuzzTarget] = [
    eventLine, events, index, filter, rowHashes, json, npy, csv, jsonLines, zip,
]

/// Ends the process with a message: the reader did what it must not do.
func fault(_ message: String) -> Never { fatalError(message) }

/// The target of this run: libFuzzer's functions have no context.
nonisolated(unsafe) private var chosen = targets[0]

/// Called by libFuzzer's main first: takes the target's name out of the arguments.
///
/// usage: cellar-fuzz TARGET [libFuzzer's options and corpora] | cellar-fuzz seeds FOLDER | cellar-fuzz list
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<Int32>,
    _ list: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
    let words = (0..<Int(count.pointee)).compactMap { list.pointee[$0].map { String(cString: $0) } }
    guard words.count > 1 else {
        fault("usage: cellar-fuzz TARGET [OPTION …] [CORPUS …] | seeds FOLDER | list")
    }
    switch words[1] {
    case "list":
        for target in targets { print(target.name) }
        exit(0)
    case "seeds":
        do { try writeSeeds(to: words.count > 2 ? words[2] : ".") } catch { fault("\(error)") }
        exit(0)
    case let name:
        guard let target = targets.first(where: { $0.name == name }) else {
            fault("no target \(name); expected one of \(targets.map(\.name))")
        }
        chosen = target
    }
    list.pointee[1] = list.pointee[0]
    list.pointee += 1
    count.pointee -= 1
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    chosen.run(Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
}

private func writeSeeds(to path: String) throws {
    for target in targets {
        let folder = URL(fileURLWithPath: path).appendingPathComponent(target.name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (number, seed) in try target.seeds().enumerated() {
            try Data(seed).write(to: folder.appendingPathComponent("made-\(number)"))
        }
    }
}

/// A folder in memory that is gone with the machine: readers of files read from there.
enum Scratch {
    static let folder: String = {
        let path =
            (FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory())
            + "/cellar-fuzz-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: Scratch.folder) }
        return path
    }()

    static func file(_ bytes: [UInt8], _ name: String = "input") -> String {
        let path = folder + "/" + name
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count else {
            fault("cannot write \(path)")
        }
        close(descriptor)
        return path
    }
}
