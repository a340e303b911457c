import ArgumentParser
import Base
import Cellar
import CommandSupport
import StoreSupport

struct Sign: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign versions with a private key.",
        discussion: """
            The signature is a file beside the model, Model_….h5.sig, in the format of OpenSSF Model Signing (a Sigstore bundle, \
            ECDSA P-256); its reference tool `model_signing verify key` reads it. `registry verify --require-signature` checks \
            signatures, and `registry policy` requires them for an alias.
            """)

    @Argument(help: "Versions: mnist:3, mnist@best.", completion: .versions) var references: [String]
    @Option(help: "The private key: P-256, PEM, not encrypted.", completion: .file()) var key: String
    @Flag(help: "Replace a signature of another key.") var force = false
    @OptionGroup var common: StoreOptions

    func run() throws {
        try common.run { store in
            let signed = try store.sign(references, key: key, isForced: force)
            try common.print(.array(signed.map(\.json))) {
                signed.map { "\($0.version.reference) is signed: \($0.path)\n" }.joined()
            }
        }
    }
}

struct Policy: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Require signatures of a key for an alias.",
        discussion: """
            Whatever the alias points to must then have a signature of the key: `infer` uses nothing else, and `promote` and \
            `rollback` refuse other versions.
            """)

    @Argument(help: "The alias, as mnist@production.", completion: .versions) var alias: String
    @Option(help: "The public key: P-256, PEM.", completion: .file()) var publicKey: String?
    @Flag(help: "Require no signature any more.") var remove = false
    @Option(help: "The reason, recorded in the log.") var reason = "by hand"
    @OptionGroup var common: StoreOptions

    func validate() throws {
        if remove == (publicKey != nil) {
            throw ValidationError("expected one of --public-key and --remove.")
        }
    }

    func run() throws {
        try common.run { store in
            let policy = try store.setPolicy(alias, publicKey: publicKey, reason: reason)
            try common.print(policy.json) {
                policy.fingerprint.map {
                    "\(policy.alias) requires a signature of key \($0.prefix(12))"
                } ?? "\(policy.alias) requires no signature"
            }
        }
    }
}
