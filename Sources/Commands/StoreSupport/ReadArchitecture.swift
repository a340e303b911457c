import Glibc
import KerasFile
import Registry

/// The layers that go with weights alone: from a config in JSON, a model file, or a version in the store.
public func readArchitecture(_ reference: String, from store: ModelStore) throws -> Architecture {
    if unsafe access(reference, F_OK) == 0 {
        if !reference.hasSuffix(".json") { try Quarantine.check(reference) }
        return try Architecture(path: reference)
    }
    return try Architecture(path: store.file(of: reference).path)
}
