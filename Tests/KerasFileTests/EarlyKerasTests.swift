import Foundation
import TestSupport
import Testing

private let folder = Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden/early")

@Test("what Keras 1.2 and 2.2 on Theano saved answers as there: kernels of both orderings, joins, wrappers")
func earlyModels() throws {
    let models = GoldenModel.all(in: try Sidecar.all(at: folder))
    #expect(models.count >= 30)
    for golden in models { try check(golden) }
}
