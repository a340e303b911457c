import Base
import Foundation
import WireFormat

/// An event file for TensorBoard: records of a message with its length and two checksums.
public struct EventFile {
    private let file: LogFile

    /// Creates the file with a unique name in the folder, which is created if necessary.
    public init(in folder: String) throws(CellarError) {
        let (now, process) = (Date(), ProcessInfo.processInfo)
        let start =
            "\(folder)/events.out.tfevents.\(Int(now.timeIntervalSince1970)).\(process.hostName)."
            + "\(process.processIdentifier)"
        var number = 0
        while FileSystem.exists("\(start).\(number).v2") { number += 1 }
        file = try LogFile("\(start).\(number).v2", .new)
        try write(Event(time: now.timeIntervalSince1970, content: .version))
    }

    public func write(_ event: Event) throws(CellarError) {
        try file.write(Array(Records.record(event.wireData)))
    }
}
