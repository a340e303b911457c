import ArgumentParser
import Cellar
import CommandSupport
import Base
import Registry
import StoreSupport

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check files, logs and index against each other.",
        discussion: """
            Finds missing, changed and unregistered files, edited, dropped and moved events, and values in the index that \
            the log or a file does not have. Ends with status 65 where anything is wrong. Nothing is changed, except by \
            --repair, which deletes nothing: it makes the index anew, registers complete model files, and moves other files \
            into the folder `aside`.
            """)

    @Flag(help: "Check only sizes of files, and the logs.") var quick = false
    @Flag(help: "Repair what can be repaired.") var repair = false
    @Flag(help: "Also require a signature of --public-key for every version, or for those named.")
    var requireSignature = false
    @Option(help: "The public key: P-256, PEM.", completion: .file()) var publicKey: String?
    @Argument(help: "Versions whose signatures are checked; all if none is named.", completion: .versions)
    var references: [String] = []
    @OptionGroup var common: StoreOptions

    func validate() throws {
        if requireSignature != (publicKey != nil) {
            throw ValidationError("--require-signature and --public-key go together.")
        }
        if !references.isEmpty, !requireSignature {
            throw ValidationError(
                "versions are named only with --require-signature; the rest checks the whole store.")
        }
        if quick && repair { throw ValidationError("--quick and --repair exclude each other.") }
    }

    func run() throws {
        try common.run { store in
            let (report, done) = try check(store)
            var json = report.json.object ?? [:]
            json["repaired"] = done?.json
            try common.print(.object(json)) {
                let findings = report.findings
                let repaired = (done?.movedAside ?? []).map { "\($0) is in aside/ now\n" }.joined()
                return repaired
                    + (findings.isEmpty
                        ? "\(counted(report.checked, "version")), all as registered"
                        : findings.map { "\($0.subject): \($0.message)\n    \($0.fix)\n" }.joined()
                            + "\(counted(findings.count, "finding")) in \(counted(report.checked, "version"))")
            }
            if !report.findings.isEmpty { throw ExitCode(CellarError.Category.badData.rawValue) }
        }
    }

    private func check(_ store: Store) throws -> (VerifyReport, Repaired?) {
        if repair {
            let (done, report) = try store.repair()
            return (report, done)
        }
        let report = try store.verify(quick ? .quick : .full)
        guard requireSignature, let publicKey else { return (report, nil) }
        let signatures = try store.verifySignatures(references, publicKey: publicKey)
        return (
            VerifyReport(checked: report.checked, findings: report.findings + signatures.findings), nil
        )
    }
}
