import ArgumentParser

@main
struct TrainerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "trainer")
    func run() throws {}
}
