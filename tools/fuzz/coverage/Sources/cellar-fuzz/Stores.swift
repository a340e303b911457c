import Base
import Foundation

@testable import Registry

/// One line of a log, as it is.
let eventLine = FuzzTarget(name: "event-line") { bytes in
    guard let event = try? Event(line: bytes[...]) else { return }
    if event.seq < 1 || event.clock < 1 { fault("seq \(event.seq), clock \(event.clock)") }
}

/// A log whose events have the right hashes: each line gives the members of an event, a clock of its own included. Blank lines and lines that are no
/// objects stay as they are. An index in memory is made of it, and everything is asked for that commands ask for.
let events = FuzzTarget(name: "events") { bytes in
    let store = StoreOnDisk(named: "events")
    store.write(log: signed(bytes))
    // The store at a time has an index in memory.
    store.ask(at: "9998-12-31T23:59:59Z")
    store.ask(at: "2026-11-29T12:00:00Z")
} seeds: {
    // One of each kind that a log may have.
    let hash = String(repeating: "ab", count: 32)
    let version = #""version":"m:1","sha256":"\#(hash)""#
    let texts = [
        #"{"event":"reserved","numbers":{"m":4}}"#,
        #"{"event":"registered",\#(version),"file":"TRAINED_MODEL/a.h5","size":3,"imported_from":"b.h5","facts":{"name":"m","created":"2026-11-29T12:00:00Z","generation":"keras-2.10-h5","metrics":[{"split":"validation","name":"accuracy","value":0.5}],"hyperparameters":{"batch_size":32},"parents":[{"kind":"checkpoint-of","sha256":"\#(hash)"}]}}"#,
        #"{"event":"adopted",\#(version),"number":2,"file":"TRAINED_MODEL/c.h5"}"#,
        #"{"event":"moved","model":"m","alias":"best","reason":"why",\#(version),"evidence":{"p":0.01}}"#,
        #"{"event":"moved","model":"m","alias":"best","reason":"back","rollback":true}"#,
        #"{"event":"protected","model":"m","alias":"best","protected":true,"reason":""}"#,
        #"{"event":"policy","model":"m","alias":"best","public_key":"k","reason":""}"#,
        #"{"event":"signed",\#(version),"public_key_sha256":"\#(hash)"}"#,
        #"{"event":"tagged",\#(version),"set":{"k":"v"},"remove":["l"]}"#,
        #"{"event":"evaluated",\#(version),"data":"x.csv","metrics":[{"name":"accuracy","value":0.25}]}"#,
        #"{"event":"deleted","versions":[{\#(version)}]}"#,
        #"{"event":"restored","versions":[{\#(version)}],"clock":1}"#,
        #"{"event":"collected","versions":[{\#(version)}]}"#,
        #"{"event":"merged","events":3,"from":"other"}"#,
    ]
    return [Array(texts.joined(separator: "\n").utf8)]
}

/// A damaged index beside a sound log.
let index = FuzzTarget(name: "index") { bytes in
    let store = StoreOnDisk(named: "index")
    store.removeIndexes()
    store.write(log: signed(events.seedBytes))
    _ = Scratch.file(bytes, "index/registry.sqlite")
    store.ask(at: nil)
} seeds: {
    let store = StoreOnDisk(named: "index")
    store.removeIndexes()
    store.write(log: signed(events.seedBytes))
    store.ask(at: nil)
    return [Array(try Data(contentsOf: URL(fileURLWithPath: store.path + "/registry.sqlite")))]
}

/// Conditions: parsed, compiled, and run by SQLite, which must not refuse what we made.
let filter = FuzzTarget(name: "filter") { bytes in
    guard let condition = try? Filter(String(decoding: bytes, as: UTF8.self)) else { return }
    do throws(CellarError) { _ = try storeOfFilters.list(Query(filter: condition)) } catch {
        // An unknown name is the user's mistake; a failure of SQL is ours.
        if error.category != .usage && error.category != .badData { fault("\(error)") }
    }
}

private let storeOfFilters: ModelStore = {
    let store = StoreOnDisk(named: "filters")
    store.write(log: signed(events.seedBytes))
    return store.store
}()

extension FuzzTarget {
    fileprivate var seedBytes: [UInt8] { (try? seeds().first) ?? [] }
}

/// A store in the scratch folder.
struct StoreOnDisk {
    let path: String
    let store: ModelStore

    init(named name: String) {
        path = Scratch.folder + "/" + name
        try? FileManager.default.createDirectory(atPath: path + "/log", withIntermediateDirectories: true)
        store = ModelStore(atPath: path) { _ in nil }
    }

    /// Removes the index, and what was moved away.
    func removeIndexes() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name != "log" {
            unlink(path + "/" + name)
        }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path + "/log")) ?? [] {
            unlink(path + "/log/" + name)
        }
    }

    func write(log bytes: [UInt8]) {
        let name = (path as NSString).lastPathComponent
        _ = Scratch.file(bytes, name + "/log/" + otherLog)
    }

    /// Asks as commands do. A refusal must be one of the file's, not of SQL or ours.
    func ask(at time: String?) {
        do throws(CellarError) {
            let store = time.map { ModelStore(self.store, until: $0) } ?? self.store
            let versions = try store.list(Query(limit: 20)).versions
            for version in versions.prefix(3) {
                _ = try store.recordedFacts(of: version)
                _ = try store.tags(of: version)
                _ = try store.lineage(of: version)
            }
            for (model, _) in try store.models() { _ = try store.moves(model: model) }
            if versions.count > 1 { _ = try store.compare(versions) }
            _ = try store.list(Query(sort: "val_accuracy", limit: 5))
            _ = try store.list(Query(filter: try Filter("val_accuracy > 0.1 or tags.k = 'v'"), limit: 5))
            try? store.forEachEvent { _ in }
        } catch {
            if error.category == .internalFault { fault("\(error)") }
            if "\(error)".contains("SQLite error 1:") { fault("\(error)") }
        }
    }
}

private let otherLog = "0123456789abcdef.jsonl"

/// The lines with position, clock and hashes, as a log has them.
private func signed(_ bytes: [UInt8]) -> [UInt8] {
    var opening = Event.opening(otherLog)
    var (text, previous, seq) = ("", Event.none, 0)
    func add(_ event: inout Event, clock: Int?) {
        seq += 1
        event.seq = seq
        event.clock = clock ?? 1_796_000_000_000 + seq
        event.previous = previous
        if event.time.isEmpty { event.time = "2026-11-29T12:00:00Z" }
        text += event.line() + "\n"
        previous = event.hash
    }
    add(&opening, clock: nil)
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false).prefix(40) {
        guard let object = (try? JSON(parsing: Array(line), depthLimit: 30))?.object,
            let kind = JSON.object(object)["event"]?.string
        else {
            text += String(decoding: line, as: UTF8.self) + "\n"
            continue
        }
        var event = Event(kind: kind, content: object)
        event.time = JSON.object(object)["time"]?.string ?? ""
        add(&event, clock: JSON.object(object)["clock"]?.int)
    }
    return Array(text.utf8)
}
