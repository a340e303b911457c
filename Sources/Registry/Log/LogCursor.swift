import Base

/// Reads the events of one log in order, and notes the lines that are not usable. Begin with `advance`.
struct LogCursor: ~Copyable {
    let name: String
    private var reader: LogReader
    /// The lines read, the last event's position, hash and clock.
    private(set) var lines: Int
    private(set) var seq: Int
    private(set) var clock: Int
    private(set) var hash: String
    /// The position after the last line read, in bytes.
    private(set) var applied: Int
    private(set) var next: Event?
    /// Whether `next` was refused for its clock, which must not be that of its followers.
    private var isRefused = false
    /// Lines with a problem, since the last `takeProblems`.
    private var problems: [(line: Int, message: String)] = []

    /// Where the reading of a log begins.
    struct Start {
        var (applied, lines, seq, clock) = (0, 0, 0, 0)
        var hash = Event.none
    }

    init(_ file: LogFolder.File, in folder: LogFolder, from start: Start) throws(CellarError) {
        let opened = try LogReader(folder.path(of: file.name), from: start.applied, to: file.size)
        reader = opened
        name = file.name
        (lines, seq, clock, hash, applied) = (start.lines, start.seq, start.clock, start.hash, start.applied)
    }

    /// Whether the event that was read first follows the one that was applied last.
    ///
    /// A log that branched from another (its name has a dash) begins anywhere.
    var isContinuous: Bool {
        guard let next, seq > 0 || !name.contains("-") else { return true }
        return next.previous == hash && next.seq == seq + 1
    }

    /// Goes on to the next usable event.
    mutating func advance() throws(CellarError) {
        if let event = next {
            (seq, hash) = (event.seq, event.hash)
            if !isRefused { clock = max(clock, event.clock) }
            applied = reader.position
            (next, isRefused) = (nil, false)
        }
        while let line = try reader.next() {
            lines += 1
            do throws(LogProblem) {
                var event = try Event(line: line)
                // In a log, order is that of the lines, whatever the clock said.
                event.clock = max(event.clock, clock)
                next = event
                return
            } catch {
                problems.append((lines, error.description))
                applied = reader.position
            }
        }
    }

    mutating func refuse() { isRefused = true }

    mutating func note(_ problem: String) { problems.append((lines, problem)) }

    mutating func takeProblems() -> [(line: Int, message: String)] {
        defer { problems = [] }
        return problems
    }
}

/// The cursors of all logs: their events in one order.
struct LogCursors {
    /// A cursor in a list.
    final class Box {
        var cursor: LogCursor
        init(_ cursor: consuming LogCursor) { self.cursor = cursor }

        /// Equal clocks are ordered by the hash, which is the same in every copy.
        fileprivate var key: (Int, String) { (cursor.next?.clock ?? .max, cursor.next?.hash ?? "") }
    }

    let boxes: [Box]

    init(
        _ files: [LogFolder.File], in folder: LogFolder, from starts: [String: LogCursor.Start] = [:]
    ) throws(CellarError) {
        var boxes: [Box] = []
        for file in files {
            let box = Box(try LogCursor(file, in: folder, from: starts[file.name] ?? LogCursor.Start()))
            try box.cursor.advance()
            boxes.append(box)
        }
        self.boxes = boxes
    }

    /// The cursor with the next event of all; nil at the end.
    var first: Box? { boxes.filter { $0.cursor.next != nil }.min { $0.key < $1.key } }
}
