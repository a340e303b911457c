import ArgumentParser
import CommandSupport
import Base
import Registry
import StoreSupport

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every file's size and SHA-256, the index, the aliases, and what lies beside.",
        discussion: "Ends with status 65 where anything is wrong. Nothing is changed.")

    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let (checked, findings) = try store.verify()
            try common.print([
                "checked": .integer(checked),
                "findings": .array(
                    findings.map {
                        [
                            "kind": .string($0.kind.rawValue), "subject": .string($0.subject),
                            "message": .string($0.message), "fix": .string($0.fix),
                        ]
                    }),
            ]) {
                findings.isEmpty
                    ? "\(counted(checked, "version")), all as registered"
                    : findings.map { "\($0.subject): \($0.message)\n    \($0.fix)\n" }.joined()
                        + "\(counted(findings.count, "finding")) in \(counted(checked, "version"))"
            }
            if !findings.isEmpty { throw ExitCode(ExitStatus.data.rawValue) }
        }
    }
}
