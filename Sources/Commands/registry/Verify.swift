import ArgumentParser
import Cellar
import CommandSupport
import Base
import StoreSupport

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify every file's size and SHA-256, the index, the aliases and unregistered files.",
        discussion: "Ends with status 65 where anything is wrong. Nothing is changed.")

    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let report = try store.verify()
            let (checked, findings) = (report.checked, report.findings)
            try common.print(report.json) {
                findings.isEmpty
                    ? "\(counted(checked, "version")), all as registered"
                    : findings.map { "\($0.subject): \($0.message)\n    \($0.fix)\n" }.joined()
                        + "\(counted(findings.count, "finding")) in \(counted(checked, "version"))"
            }
            if !findings.isEmpty { throw ExitCode(CellarError.Category.badData.rawValue) }
        }
    }
}
