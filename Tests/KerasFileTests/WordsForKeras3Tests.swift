import Foundation
import HDF5
import Base
import Network
import TestSupport
import Testing
import Zip

@testable import KerasFile

// Each of these was a file that Keras 3.15 opened with a warning, with other weights to train, or not at all.

private func archived(_ model: Model) throws -> JSON {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("a.keras").path
        try writeModel(ModelFile(model: model), to: path)
        let archive = try ZipArchive(path: path)
        return try JSON(parsing: String(decoding: archive.bytes(of: "config.json"), as: UTF8.self))
    }
}

private let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
    "Golden")

@Test("a layer as an activation has Keras 3's options")
func activationLayer() throws {
    var model = try Model(chain: [
        InputLayer(name: "in", shape: [2]), Dense(units: 3, activation: .parametric(.leakyReLU(alpha: 0.25))),
    ])
    try model.initialize(seed: 1)
    let activation = try archived(model)["config"]?["layers"]?.array?.last?["config"]?["activation"]
    #expect(activation?["class_name"] == "LeakyReLU" && activation?["module"] == "keras.layers")
    #expect(activation?["config"]?["negative_slope"]?.double == 0.25)
    #expect(activation?["config"]?["alpha"] == nil)
}

@Test(
    "a model inside learns nothing where none of its layers does",
    arguments: [("frozen_whole", false), ("frozen_sublayer", true)])
func frozenInside(_ name: String, _ learns: Bool) throws {
    let model = try readModel(golden.appendingPathComponent("nested/\(name).tfk.h5").path).model
    let inside = try archived(model)["config"]?["layers"]?.array?.first { $0["class_name"] == "Functional" }
    #expect(inside?["config"]?["trainable"] == .bool(learns))
}

@Test("cells have their module, in an .h5 too", arguments: ["rnn_cell.tfk.h5", "rnn_stack.tfk.h5"])
func cellModules(_ name: String) throws {
    let model = try readModel(golden.appendingPathComponent("cells/\(name)").path).model
    let layers = try modelConfig(model)["config"]?["layers"]?.array ?? []
    let cells = layers.compactMap { $0["config"]?["cell"] }
    #expect(!cells.isEmpty)
    for cell in cells {
        for each in [cell] + (cell["config"]?["cells"]?.array ?? []) {
            #expect(each["module"] == "keras.layers")
        }
    }
}
