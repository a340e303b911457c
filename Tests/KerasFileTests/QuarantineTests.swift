import Base
import Foundation
import Testing

@testable import KerasFile

@Test("a file from outside is refused where no process can be started to try it")
func noSecondProcess() async {
    await #expect(processExitsWith: .success) {
        let path = #filePath
        // Longer than any text that the kernel passes to a new program.
        _ = unsafe setenv("CELLAR_TEST_LONG", String(repeating: "x", count: 1 << 18), 1)
        let error = #expect(throws: CellarError.self) { _ = try TrustGate.admit(path) }
        #expect(error?.category == .outOfMemory && error?.place.file == path)
    }
}
