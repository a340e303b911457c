import Facts
import Foundation
import KerasFile

/// How the store reads the facts of a file that is not in its index yet.
let readModelFacts: @Sendable (URL) throws -> ModelFacts? = { try readFacts($0.path) }
