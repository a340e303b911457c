import Foundation
import HDF5
import Base
import KerasFile
import TestSupport
import Testing

private let folder = Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden/early")

@Test("what Keras 1.2 and 2.2 on Theano saved answers as there: kernels of both orderings, joins, wrappers")
func earlyModels() throws {
    let models = GoldenModel.all(in: try Sidecar.all(at: folder))
    #expect(models.count >= 30)
    for golden in models { try check(golden) }
}

@Test("a Sequential inside that had no input gets one, without which Keras 2.10 reads the copy for ever")
func innerInput() throws {
    var tried = 0
    for version in ["1.2.2", "2.2.4"] {
        let file = try readModel(folder.appendingPathComponent("nested.keras-\(version).h5").path)
        try Fixtures.temporaryFolder { temporary in
            let path = temporary.appendingPathComponent("a.h5").path
            try writeModel(file, to: path)
            let text = try HDF5File(reading: path).root.attributes.string("model_config")
            func check(_ json: JSON) {
                for layer in json["config"]?["layers"]?.array ?? [] { check(layer) }
                guard json["class_name"] == "Sequential" else { return }
                tried += 1
                #expect(json["config"]?["layers"]?.array?.first?["class_name"] == "InputLayer")
            }
            check(try JSON(parsing: try #require(text)))
            let again = try readModel(path).model
            #expect(Array(again.weights.joined()) == Array(file.model.weights.joined()))
        }
    }
    #expect(tried >= 2)
}
