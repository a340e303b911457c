import StoreSupport

extension StoreOptions {
    /// Runs a subcommand; its errors are reported as the user wants them.
    func run(_ body: () throws -> Void) throws { try run("trainer", body) }
}
