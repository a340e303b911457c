import Base
import Foundation
import TestSupport
import Testing

@testable import Registry
@testable import Signing

@Suite struct SignatureTests {
    private static let digest = sha256(of: "cellar")

    private func key(_ text: String = GoldenSignature.privateKey, in folder: URL) throws -> PrivateKey {
        let file = folder.appending(path: "key.pem")
        try text.write(to: file, atomically: true, encoding: .utf8)
        return try PrivateKey(pemFile: file.path)
    }

    @Test func readsKeysAsOpenSSLWritesThem() throws {
        try Fixtures.temporaryFolder { folder in
            let key = try key(in: folder)
            #expect(key.publicKey.pem == GoldenSignature.publicKey)
            #expect(try self.key(GoldenSignature.privateKey8, in: folder).publicKey == key.publicKey)
            #expect(PublicKey(pem: GoldenSignature.publicKey) == key.publicKey)
            #expect(throws: CellarError.self) { try self.key(GoldenSignature.publicKey, in: folder) }
            #expect(throws: CellarError.self) { try self.key("nothing", in: folder) }
        }
    }

    /// Damaged keys and bundles are refused, and never crash.
    @Test func anyChangeOfABundleIsRefused() throws {
        let key = try #require(PublicKey(pem: GoldenSignature.publicKey))
        for text in [GoldenSignature.ofFile, GoldenSignature.ofFolder] {
            #expect(
                SignatureBundle(text: text).problem(sha256: Self.digest, name: "model.h5", key: key) == nil)
            #expect(
                SignatureBundle(text: text).problem(sha256: sha256(of: "x"), name: "model.h5", key: key)
                    != nil)
            let object = try JSON(parsing: Array(text.utf8), depthLimit: 32)
            let envelope = object["dsseEnvelope"]
            let texts = [
                envelope?["payload"], envelope?["payloadType"], envelope?["signatures"]?.array?.first?["sig"],
                object["mediaType"], object["verificationMaterial"]?["publicKey"]?["hint"],
            ]
            let bytes = Array(text.utf8)
            for value in texts {
                let inner = try #require(value?.string)
                let range = try #require(text.range(of: "\"\(inner)\""))
                let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound) + 1
                let end = text.utf8.distance(from: text.startIndex, to: range.upperBound) - 1
                // The last characters of base64 may have bits that mean nothing.
                for position in start..<end - 2 {
                    var changed = bytes
                    changed[position] ^= 1
                    #expect(
                        SignatureBundle(text: String(decoding: changed, as: UTF8.self)).problem(
                            sha256: Self.digest, name: "model.h5", key: key) != nil)
                }
            }
        }
        #expect(
            SignatureBundle(text: GoldenSignature.ofFolder).problem(
                sha256: sha256(of: "more"), name: "model.h5", key: key) != nil)
    }

    @Test func randomBytesAreNoKey() throws {
        var random = SplitMix(state: 7)
        let good = Array(GoldenSignature.publicKey.utf8)
        for _ in 0..<2_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            let key = PublicKey(pem: String(decoding: bytes, as: UTF8.self))
            #expect(key == nil || key?.pem == GoldenSignature.publicKey)
        }
    }

    @Test func signsVersionsAndRequiresSignatures() throws {
        try Fixtures.temporaryFolder { folder in
            let key = try key(in: folder)
            let store = ModelStore(in: folder.appending(path: "models"))
            let first = try store.save(makeFacts())
            let second = try store.save(makeFacts(created: noon(plus: 1), seed: 2))
            for _ in 0..<50 { _ = try store.sign("mnist:1", with: key) }
            #expect(try store.signatureProblem(of: first, key: key.publicKey) == nil)
            #expect(try store.signatureProblem(of: second, key: key.publicKey) != nil)
            _ = try store.promote("mnist:1", alias: "live")
            try store.setPolicy(
                model: "mnist", alias: "live", publicKey: key.publicKey.pem, reason: "")
            try store.checkSignature(of: store.file(of: "mnist@live"))
            #expect(throws: CellarError.self) { try store.promote("mnist:2", alias: "live") }
            // Another version's signature is worth nothing.
            try FileManager.default.copyItem(
                atPath: store.signaturePath(of: first), toPath: store.signaturePath(of: second))
            #expect(throws: CellarError.self) { try store.promote("mnist:2", alias: "live") }
            try FileSystem.remove(store.signaturePath(of: second))
            _ = try store.sign("mnist:2", with: key)
            _ = try store.promote("mnist:2", alias: "live")
            for check in 0..<2 {
                try FileSystem.remove(store.signaturePath(of: second))
                #expect(throws: CellarError.self) {
                    try store.checkSignature(of: store.file(of: "mnist@live"))
                }
                // So are copies of its bytes.
                #expect(throws: CellarError.self) { try store.check(store.file(of: "mnist@live")) }
                #expect(throws: CellarError.self) {
                    try store.export("mnist@live", to: folder.appending(path: "out\(check).h5"))
                }
                #expect(throws: CellarError.self) {
                    try store.copy("mnist@live", to: ModelStore(in: folder.appending(path: "other")))
                }
                // Asked for by number, it is used as before.
                try store.checkSignature(of: store.file(of: "mnist:2"))
                _ = try store.sign("mnist:2", with: key)
                try store.checkSignature(of: store.file(of: "mnist@live"))
                if check == 0 { _ = try store.rebuild() }
            }
            // A policy of `best` holds for the version that stands in for it.
            _ = try store.promote("mnist:2", alias: "best")
            try store.setPolicy(model: "mnist", alias: "best", publicKey: key.publicKey.pem, reason: "")
            try store.removeAlias(model: "mnist", alias: "best")
            try FileSystem.remove(store.signaturePath(of: second))
            let standIn = try #require(
                try ModelStore(in: folder.appending(path: "models")).bestFile(of: "mnist"))
            #expect(throws: CellarError.self) { try store.checkSignature(of: standIn) }
            _ = try store.sign("mnist:2", with: key)
            try store.checkSignature(of: standIn)
            _ = try store.rename("mnist", to: "digits")
            #expect(try store.policy(model: "digits", alias: "live") == key.publicKey.pem)
            try store.setPolicy(model: "digits", alias: "live", publicKey: nil, reason: "")
            #expect(try store.policy(model: "digits", alias: "live") == nil)
            #expect(try store.verify().findings.isEmpty)
        }
    }
}
