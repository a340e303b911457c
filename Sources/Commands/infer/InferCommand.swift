import ArgumentParser

@main
struct InferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "infer")
    func run() throws {}
}
