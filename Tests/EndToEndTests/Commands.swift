import Foundation

/// The commands under test: links to the executable that this build made, or those in the folder that CELLAR_BIN names.
enum Commands {
    static func url(of command: String) throws -> URL {
        if let folder = ProcessInfo.processInfo.environment["CELLAR_BIN"] {
            return URL(fileURLWithPath: folder).appendingPathComponent(command)
        }
        return try links.get().appendingPathComponent(command)
    }

    /// In the build's own folder, where they stay: `swift test` makes the executable and no links.
    private static let links = Result {
        let folder = Bundle.main.bundleURL.appendingPathComponent("commands")
        let manager = FileManager.default
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["cellar", "trainer", "registry", "infer"] {
            let link = folder.appendingPathComponent(name)
            if (try? manager.destinationOfSymbolicLink(atPath: link.path)) != nil { continue }
            try manager.createSymbolicLink(atPath: link.path, withDestinationPath: "../cellar")
        }
        return folder
    }
}
