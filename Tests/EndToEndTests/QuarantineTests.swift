import Foundation
import TestSupport
import Testing

/// A file of real Keras with one byte of its texts' heap changed, the length of one text. libhdf5 1.10.8 reads far outside its memory then.
@Test("a file that crashes HDF5's library is an error, not a crash", arguments: ["inspect", "score"])
func crashingFile(subcommand: String) throws {
    try Fixtures.temporaryFolder { folder in
        let sound = Fixtures.repository.appendingPathComponent("Tests/Fixtures/seed/wine_sgd.tfk.h5")
        var bytes = try Data(contentsOf: sound)
        bytes[2130] = 245
        let file = folder.appendingPathComponent("damaged.h5")
        try bytes.write(to: file)

        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appendingPathComponent("infer")
        process.arguments =
            subcommand == "inspect"
            ? ["inspect", file.path] : ["score", "--row", "1,2,3,4,5,6,7,8,9,10,11", "--model", file.path]
        let errors = Pipe()
        (process.standardError, process.standardOutput) = (errors, FileHandle.nullDevice)
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 65)
        #expect(text.hasPrefix("infer: \(file.path): reading it in a process of its own crashed"), "\(text)")
    }
}
