import Foundation
import TestSupport
import Testing

/// A file of real Keras with a damaged heap of texts, which libhdf5 1.10.8 walks through for ever.
@Test("a file on which HDF5's library does not end is an error within seconds")
func endlessFile() throws {
    try Workplace.make { place in
        let sound = Fixtures.repository.appendingPathComponent("Tests/Fixtures/layers/globalavgpool2d.tfk.h5")
        var bytes = try Data(contentsOf: sound)
        bytes.replaceSubrange(3100..<3132, with: bytes[3374..<3406])
        let file = try place.file("endless.h5", bytes)
        let inspected = try place.infer("inspect", file)
        #expect(inspected.status == 65)
        #expect(
            inspected.errors.hasPrefix("infer: \(file): reading it in a process of its own took more than"))
    }
}

/// A file of real Keras with one byte of its texts' heap changed, the length of one text. libhdf5 1.10.8 reads far outside its memory then.
@Test(
    "a file that crashes HDF5's library is an error, not a crash",
    arguments: ["inspect", "score", "export", "import"])
func crashingFile(subcommand: String) throws {
    try Fixtures.temporaryFolder { folder in
        let sound = Fixtures.repository.appendingPathComponent("Tests/Fixtures/seed/wine_sgd.tfk.h5")
        var bytes = try Data(contentsOf: sound)
        bytes[2130] = 245
        let file = folder.appendingPathComponent("damaged.h5")
        try bytes.write(to: file)

        let process = Process()
        let command = ["inspect", "score"].contains(subcommand) ? "infer" : "registry"
        process.executableURL = try Commands.url(of: command)
        process.currentDirectoryURL = folder
        process.arguments =
            switch subcommand {
            case "score": ["score", "--row", "1,2,3,4,5,6,7,8,9,10,11", "--model", file.path]
            case "export": ["export", file.path, folder.path + "/out.h5", "--store", folder.path]
            case "import": ["import", file.path, "--store", folder.path]
            default: ["inspect", file.path]
            }
        let errors = Pipe()
        (process.standardError, process.standardOutput) = (errors, FileHandle.nullDevice)
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 65)
        #expect(
            text.hasPrefix("\(command): \(file.path): reading it in a process of its own crashed"), "\(text)")
    }
}

/// Weights alone say only with an architecture what they are; all that is in them is looked at before.
@Test("weights alone that crash HDF5's library are an error, not a crash")
func crashingWeights() throws {
    try Workplace.make { place in
        let stem = Workplace.shipped("Tests/Fixtures/legacy/mlp_rmsprop.keras-2.10.0")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: stem + ".weights.h5"))
        bytes[2307] = 255
        let file = try place.file("damaged.weights.h5", bytes)
        let said = try place.registry("import", file, "--architecture", stem + ".h5")
        #expect(said.status == 65)
        #expect(said.errors.hasPrefix("registry: \(file): reading it in a process of its own crashed"))
    }
}

/// The content of a file decides what it is, not its name.
@Test("an architecture that crashes HDF5's library is an error, also if it is called x.json")
func crashingArchitecture() throws {
    try Workplace.make { place in
        var bytes = try Data(
            contentsOf: URL(fileURLWithPath: Workplace.shipped("Tests/Fixtures/seed/wine_sgd.tfk.h5")))
        bytes[2130] = 245
        let file = try place.file("x.json", bytes)
        let weights = Workplace.shipped("Tests/Fixtures/legacy/mlp_rmsprop.keras-2.10.0.weights.h5")
        let said = try place.infer(
            "score", "--row", "1", "--model", weights, "--architecture", file)
        #expect(said.status == 65)
        #expect(said.errors.hasPrefix("infer: \(file): reading it in a process of its own crashed"))
    }
}

/// One bit of a size in a file of real Keras, by which HDF5's library gets itself two gigabytes and reads on.
@Test("a size that is damaged costs an error, not the memory")
func damagedSize() throws {
    try Workplace.make { place in
        let sound = Workplace.shipped("Tests/KerasFileTests/Golden/optimizers/momentum.tf_keras-2.21.0.h5")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: sound))
        bytes[1123] ^= 128
        let said = try place.registry("import", place.file("size.h5", bytes))
        #expect(said.status == 65 && said.errors.contains("asked for more memory than such a file can need"))
    }
}
