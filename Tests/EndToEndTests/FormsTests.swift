import Foundation
import TestSupport
import Testing

/// Files of several versions of Keras in, the forms that each of them opens out.
@Test("a model goes out in the form that is asked for, and comes in again")
func forms() throws {
    try Workplace.make { place in
        func fixture(_ name: String) -> String { Workplace.shipped("Tests/Fixtures/\(name)") }
        let old = fixture("legacy/mlp_adam.keras-1.2.2.h5")
        for name in ["new.h5", "new.keras", "new.onnx"] {
            let done = try place.registry("export", old, place.path(name))
            #expect(done.status == 0, "\(name): \(done.errors)")
        }
        #expect(try place.registry("export", old, place.path("new.h5")).status == 65)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: place.path("new.h5")))
                != Data(contentsOf: URL(fileURLWithPath: old)))
        #expect(try place.registry("import", place.path("new.keras"), "--name", "old").status == 0)
        #expect(try place.registry("export", "old", place.path("again.h5")).status == 0)
        let described = try place.infer("inspect", place.path("again.h5"), "--json").json
        #expect(described["keras_version"]?.string == "2.10.0")
    }
}

@Test("weights alone are read with an architecture, and refused without")
func weightsAlone() throws {
    try Workplace.make { place in
        let stem = Workplace.shipped("Tests/Fixtures/legacy/mlp_rmsprop.keras-2.10.0")
        let alone = try place.registry("import", stem + ".weights.h5")
        #expect(alone.status == 65 && alone.errors.contains("architecture"))
        let whole = try place.registry(
            "import", stem + ".weights.h5", "--architecture", stem + ".h5", "--name", "joined")
        #expect(whole.status == 0, "\(whole.errors)")
        let weights = try place.infer("inspect", "joined", "--json").json
        #expect(weights["layers"] == (try place.infer("inspect", stem + ".h5", "--json").json["layers"]))
    }
}
