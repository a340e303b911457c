import Base
import Cellar
import CommandSupport

/// Runs a subcommand; its error becomes a line or two and an exit code.
func runInfer(json: Bool, _ body: () throws -> Void) throws {
    reportBrokenPipes()
    try reportingErrors(of: "infer", json: json, body)
}

/// Prints warnings, and the errors of files that others do not wait for.
func commandProgress(json: Bool) -> ProgressReporter {
    ProgressReporter(
        warn: { printWarning($0, of: "infer", json: json) },
        report: { event in
            if case .failed(let error) = event { CommandSupport.report(error, of: "infer", json: json) }
        })
}
