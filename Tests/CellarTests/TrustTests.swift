import Base
import Cellar
import Foundation
import Testing

@Test("a registered file with a flipped bit is refused, as the model and as the architecture")
func flippedBit() throws {
    try SmallStore.make { place in
        let path = try place.store.models.file(of: "line").path
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 1
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        try bytes.write(to: URL(fileURLWithPath: path))
        let request = PredictRowsRequest(rows: ["1"], models: ["line"])
        #expect(category { () throws(CellarError) in _ = try place.store.predictRows(request) } == .badData)
        #expect(category { () throws(CellarError) in _ = try place.store.architecture("line") } == .badData)
        _ = try place.store.architecture("small")
    }
}
