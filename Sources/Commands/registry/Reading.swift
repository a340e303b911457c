import Facts
import Foundation

/// How the store reads the facts of a file that is not in its index yet.
let readModelFacts: @Sendable (URL) throws -> ModelFacts? = { _ in nil }
