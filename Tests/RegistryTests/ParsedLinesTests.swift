import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

/// The lines of a log of 8,000 events, some of which were edited, are no JSON or longer than the limit.
private func damagedLog(isComplete: Bool) -> [String] {
    var previous = Event.none
    var lines = (1...8_000).map { seq in
        var event = Event(kind: "tagged", content: ["reason": .string("number \(seq)")])
        (event.seq, event.clock, event.previous) = (seq, 1_000 + seq, previous)
        event.time = Timestamp.now()
        let line = event.line()
        previous = event.hash
        return line
    }
    for i in stride(from: 5, to: 8_000, by: 977) { lines[i] = lines[i].replacing("number", with: "changed") }
    lines[1_234] = ""
    lines[2_345] = "{"
    lines[4_567] = String(repeating: "x", count: 3 * Event.lengthLimit)
    return isComplete ? lines + [""] : lines
}

/// What a line is, for comparison.
private func outline(_ event: Result<Event, LogProblem>, _ end: Int) -> String {
    switch event {
    case .success(let event): "\(event.seq) \(event.hash) \(end)"
    case .failure(let problem): "\(problem) \(end)"
    }
}

@Test(
    "a long log that is parsed on another thread gives the lines that it has", arguments: [true, false],
    [0, 200])
func parsedAhead(isComplete: Bool, skipped: Int) throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("log.jsonl").path
        let lines = damagedLog(isComplete: isComplete)
        let text = Array(lines.joined(separator: "\n").utf8)
        try Data(text).write(to: URL(fileURLWithPath: path))
        let start = lines[..<skipped].reduce(0) { $0 + $1.utf8.count + 1 }

        var expected: [String] = []
        var reader = try LogReader(path, from: start, to: text.count)
        while let line = try reader.next() {
            expected.append(
                outline(Result { () throws(LogProblem) in try Event(line: line) }, reader.position))
        }
        #expect(expected.count == (isComplete ? 8_000 : 7_999) - skipped)

        var found: [String] = []
        var parsed = try ParsedLines(path, from: start, to: text.count)
        while let line = try parsed.next() { found.append(outline(line.event, line.end)) }
        #expect(found == expected)
        #expect(try parsed.next() == nil, "the end is given twice")
    }
}

@Test("a log that cannot be read is an error, also on the other thread")
func unreadableLog() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("log.jsonl").path
        #expect(throws: CellarError.self) { _ = try ParsedLines(path, from: 0, to: 1 << 24) }
    }
}
