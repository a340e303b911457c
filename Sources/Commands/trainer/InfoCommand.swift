import ArgumentParser
import CommandSupport
import Base
import Tensors

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Say what training will run on here.")

    @Flag(help: "Print JSON, in the forms that docs/json.md describes.")
    var json = false

    func run() throws {
        try reportingErrors(of: "trainer", json: json) {
            if json { return try printOutput(facts) }
            try printOutput(
                """
                Processor:          \(Processor.name)
                Processors:         \(Processor.count) for this process
                Vector extensions:  \(Processor.vectorExtensions)
                Matrix products:    \(matrixKernels)
                Threads:            \(min(Processor.count, 4)) for networks of Dense layers, 1 for others, unless a recipe or --threads says otherwise
                GPU:                none is used
                """)
        }
    }

    private var facts: JSON {
        [
            "processor": .string(Processor.name), "processors": .integer(Processor.count),
            "vector_extensions": .string(Processor.vectorExtensions), "blas": .string(matrixKernels),
            "threads": .integer(min(Processor.count, 4)), "gpu": nil,
        ]
    }
}
