import CBuild

/// `infer 0.9.0 (commit 8a2bad8)`: what `--version` prints.
public func versionText(of command: String) -> String {
    "\(command) \(version) (commit \(commit))"
}

private let version = "0.9.0"
private var commit: String { unsafe String(cString: cb_commit()) }
