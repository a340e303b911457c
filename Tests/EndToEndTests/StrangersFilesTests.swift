import Foundation
import TestSupport
import Testing

// Model files that Cellar did not write: what is taken into the store, what comes out, and what an error says.

private let wines = Workplace.shipped("Tests/Fixtures/seed/wine_sgd.tfk.h5")

@Test("a file whose weights do not fit its config is not taken into the store")
func unreadableImport() throws {
    try Workplace.make { place in
        var bytes = try Data(contentsOf: URL(fileURLWithPath: wines))
        let spot = try #require(bytes.range(of: Data("\"units\": 30".utf8)))
        bytes.replaceSubrange(spot, with: Data("\"units\": 31".utf8))
        let file = try place.file("wide.h5", bytes)
        let imported = try place.registry("import", file)
        #expect(imported.status == 65, "\(imported.errors)")
        #expect(imported.errors.hasPrefix("registry: \(file): ") && imported.errors.contains("[11, 31]"))
        #expect(!place.exists("models"))
    }
}

@Test("weights that are no numbers are said when a file is taken into the store")
func importWarning() throws {
    try Workplace.make { place in
        var bytes = try Data(contentsOf: URL(fileURLWithPath: wines))
        // This bias was trained, so that its bytes stand nowhere else. They become those of NaN.
        let shown = try place.infer("inspect", wines, "--weights", "dense_3", "--json").json
        let bias = try #require(
            shown.array?.first { $0["shape"]?.array?.count == 1 }?["values"]?.array?.first?.double)
        let bits = Float(bias).bitPattern
        let found = Data([0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) })
        let spot = try #require(bytes.range(of: found))
        bytes.replaceSubrange(spot, with: [0, 0, 0xC0, 0x7F])
        let imported = try place.registry("import", try place.file("odd.h5", bytes))
        #expect(imported.status == 0)
        #expect(imported.errors.contains("warning") && imported.errors.contains("dense_3"))
    }
}

@Test("a file straight from Keras has its number of parameters and its Keras in the list")
func countedParameters() throws {
    try Workplace.make { place in
        #expect(try place.registry("import", wines, "--name", "strange").status == 0)
        func check() throws {
            let listed = try #require(try place.registry("list", "--json").json.array?.first)
            #expect(listed["name"]?.string == "strange" && listed["parameters"]?.int == 731)
            #expect(listed["generation"]?.string?.hasPrefix("keras-2.") == true)
        }
        try check()
        // The index made anew knows as much.
        try FileManager.default.removeItem(atPath: place.path("models/registry.sqlite"))
        #expect(try place.registry("rebuild").status == 0)
        try check()
    }
}

@Test("an export that fails names the file that was wanted and the one it was made from")
func exportErrors() throws {
    try Workplace.make { place in
        let source = Workplace.shipped("Tests/KerasFileTests/Golden/sequences/lstm_activations.k3.h5")
        let exported = try place.registry("export", source, place.path("out.h5"))
        #expect(exported.status == 65)
        #expect(exported.errors.hasPrefix("registry: \(place.path("out.h5")): "))
        #expect(exported.errors.contains("made from \(source)"))
        #expect(!exported.errors.contains(".saving"))
        #expect(!place.exists("out.h5"))
    }
}

@Test("export to - is the file's very bytes, with nothing beside them, and makes no file of that name")
func exportToStandardOutput() throws {
    try Workplace.make { place in
        #expect(try place.registry("import", wines, "--name", "wine").status == 0)
        let process = Process()
        process.executableURL = try Commands.url(of: "registry")
        process.arguments = ["export", "wine", "-"]
        process.currentDirectoryURL = place.folder
        process.environment = ["CELLAR_STORE": "models"]
        _ = try place.file("out", "")
        process.standardOutput = FileHandle(forWritingAtPath: place.path("out"))
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: place.path("out")))
                == Data(contentsOf: URL(fileURLWithPath: wines)))
        #expect(!place.exists("-"))
        #expect(try place.registry("export", "wine", "-", "--json").status == 64)
    }
}
