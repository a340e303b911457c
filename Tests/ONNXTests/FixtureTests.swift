import Foundation
import KerasFile
import Network
import TestSupport
import Testing

@testable import ONNX

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
        guard let model = try? readModel(file.path, forTraining: false).model else { continue }
        let found = try Exported(model)
        #expect(found.isSound(), "\(file.lastPathComponent)")
        #expect(found.graph.inputs.count == model.inputs.count)
        #expect(found.graph.outputs.count == model.outputs.count)
        exported += 1
    }
    #expect(exported >= (folder == "legacy" ? 1 : 5), "the fixtures of \(folder) are missing")
}
