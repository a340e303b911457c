import Base

extension ModelStore {
    /// Checks the hash of every line of the logs, and that each line follows the one before.
    func checkLogs(_ files: [LogFolder.File]) -> [Finding] {
        files.flatMap { file in
            do { return try LogCheck(file, in: log).findings } catch {
                return [
                    Finding(
                        kind: .log, subject: "log/\(file.name)", message: "\(error)",
                        fix: "check the file's permissions and the disk")
                ]
            }
        }
    }
}

private struct LogCheck {
    private(set) var findings: [Finding] = []
    private let name: String

    init(_ file: LogFolder.File, in folder: LogFolder) throws(CellarError) {
        name = file.name
        var reader = try LogReader(folder.path(of: file.name), from: 0, to: file.size)
        var (line, previous) = (0, Event.none)
        while let bytes = try reader.next() {
            line += 1
            guard let seal = Event.Seal(bytes) else {
                add(line, "the line is not an event, or was edited: its SHA-256 is not the one that it gives")
                continue
            }
            // The first line of a log may follow one in another log that it branched from.
            if seal.previous != previous, line > 1 {
                add(line, "the event does not follow the line before: events were dropped or moved")
            }
            previous = seal.hash
        }
        if reader.position < file.size {
            add(line + 1, "the line is incomplete: \(file.size - reader.position) bytes without an end")
        }
    }

    private mutating func add(_ line: Int, _ message: String) {
        if findings.count == 20 { return }
        findings.append(
            Finding(
                kind: .log, subject: "log/\(name):\(line)", message: message,
                fix: "restore the log from a backup or git"))
    }
}

extension Event {
    /// The end of a line: the hash of the line before, and its own, which is checked.
    struct Seal {
        let previous, hash: String

        init?(_ line: ArraySlice<UInt8>) {
            let ends = Array(", \"prev\": \"".utf8)
            let middle = Array("\", \"hash\": \"".utf8)
            let length = ends.count + 64 + middle.count + 64 + 2
            guard line.count > length, line.count <= Event.lengthLimit else { return nil }
            let end = line.suffix(length)
            guard end.starts(with: ends), end.suffix(2).elementsEqual("\"}".utf8) else { return nil }
            let digest = end.dropFirst(ends.count)
            guard digest.dropFirst(64).starts(with: middle) else { return nil }
            previous = String(decoding: digest.prefix(64), as: UTF8.self)
            hash = String(decoding: digest.dropFirst(64 + middle.count).prefix(64), as: UTF8.self)
            guard Event.digest(line.dropLast(64 + middle.count + 1)) == hash else { return nil }
        }
    }
}
