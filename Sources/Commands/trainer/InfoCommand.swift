import ArgumentParser
import Cellar
import CommandSupport

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show the processor and the kernels that training uses on this machine.")

    @Flag(help: "Print JSON in the forms of docs/json.md.")
    var json = false

    func run() throws {
        try reportingErrors(of: "trainer", json: json) {
            let info = MachineInfo()
            if json { return try printOutput(info.json) }
            try printOutput(
                """
                Processor:          \(info.processor)
                Processors:         \(info.processors) for this process
                Vector extensions:  \(info.vectorExtensions)
                Matrix products:    \(info.blas)
                Threads:            \(info.threads) for networks of Dense layers, 1 for others, unless a recipe or --threads says otherwise
                GPU:                none is used
                """)
        }
    }
}
