import Foundation
@testable import KerasFile
import Network
import TestSupport
import Testing

@testable import ONNX

@Test(
    "plain functions, equations and tokens become sound graphs",
    arguments: ["operations/", "cells/einsum", "cells/tokens", "cells/augment"])
func goldenGraphs(prefix: String) throws {
    let parent = Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden")
    let folder = parent.appendingPathComponent(String(prefix.prefix { $0 != "/" }))
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter {
            ["h5", "keras"].contains($0.pathExtension)
                && $0.path.hasPrefix(parent.appendingPathComponent(prefix).path)
        }
    #expect(files.count >= (prefix == "operations/" ? 70 : 2))
    for file in files {
        let model = try readModel(.unchecked(file.path), forTraining: false).model
        let found = try Exported(model)
        #expect(found.isSound(), "\(file.lastPathComponent)")
        #expect(found.graph.outputs.count == model.outputs.count)
    }
}

@Test(
    "every model that Keras wrote and that opens here becomes a sound graph with as many inputs and outputs",
    arguments: ["seed", "activations", "layers", "functional", "legacy"])
func fixtures(folder: String) throws {
    let files = try FileManager.default.contentsOfDirectory(
        at: Fixtures.folder.appendingPathComponent(folder), includingPropertiesForKeys: nil
    ).filter { ["h5", "keras"].contains($0.pathExtension) && !$0.lastPathComponent.contains("weights") }
    var exported = 0
    for file in files {
        // Files that do not open are other tests' matter.
        guard let model = try? readModel(.unchecked(file.path), forTraining: false).model else { continue }
        let found = try Exported(model)
        #expect(found.isSound(), "\(file.lastPathComponent)")
        #expect(found.graph.inputs.count == model.inputs.count)
        #expect(found.graph.outputs.count == model.outputs.count)
        exported += 1
    }
    #expect(exported >= (folder == "legacy" ? 1 : 5), "the fixtures of \(folder) are missing")
}
