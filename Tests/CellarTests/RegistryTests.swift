import Base
import Cellar
import Foundation
import KerasFile
import Registry
import Testing

@Test("versions are listed, shown, tagged and compared in their JSON forms")
func lookingAtVersions() throws {
    try TrainedStore.with(versions: 2) { trained in
        let store = trained.store
        let listing = try store.list(ListRequest(model: "small", condition: "seed >= 0", limit: 1))
        #expect(listing.isCut && store.json(of: listing).array?.first?["reference"] == "small:2")
        let version = try #require(store.json(of: store.list()).array?.last)
        #expect(version["file"]?.string?.hasPrefix(store.folder + "/TRAINED_MODEL/Model_") == true)
        #expect(
            version["trainable_parameters"] == 17 && version["state"] == "kept" && version["aliases"] == [])

        let tagged = try store.tag(TagRequest(reference: "small:1", notes: ["owner=ann", "draft="]))
        #expect(tagged.json["tags"] == ["owner": "ann"])
        let shown = try store.show("small:1").json
        #expect(shown["tags"] == tagged.json["tags"] && shown["hyperparameters"]?["target"] == "label")
        #expect(shown["dataset"]?["division"]?["random_state"] == 42)
        #expect(
            thrown { _ = try store.tag(TagRequest(reference: "small", notes: ["x"])) }?.category == .usage)

        let compared = try store.compare(["small"])
        #expect(compared.json["versions"] == ["small:1", "small:2"])
        #expect(compared.json["metrics"]?.array?.first?["best"] != nil)
        #expect(compared.json["same"]?.array?.first?["best"] == nil)
        #expect(try store.compare(["small:2", "small:1"]).references == ["small:2", "small:1"])
        #expect(thrown { _ = try store.compare(["small:1"]) }?.category == .usage)
        let many = Array(repeating: "small:1", count: 51)
        #expect(thrown { _ = try store.compare(many) }?.message.contains("at most 50") == true)
        #expect(try store.compare(many.dropLast()).references.count == 50)

        let table = try store.table(of: listing, columns: ["optimizer", "file"])
        #expect(table.columns == ["reference", "optimizer", "file"] && table.rows.count == 1)
        #expect(table.rows[0][0] == "small:2" && table.rows[0][1] == shown["hyperparameters"]?["optimizer"])
        #expect(table.rows[0][2]?.string?.hasPrefix(store.folder + "/TRAINED_MODEL/") == true)
        #expect(try store.table(of: listing, columns: ["version"]).columns == ["version"])

        let history = try store.history(of: "small")
        #expect(history.json["history"]?["loss"]?.array?.count == 2 && history.series.count == 4)
        #expect(thrown { _ = try store.show("other") }?.category == .noInput)
        #expect(thrown { _ = try store.list(ListRequest(condition: "a b c")) }?.category == .usage)
    }
}

@Test("lineage names the model that a version was resumed from")
func lineage() throws {
    try TrainedStore.with(versions: 1) { trained in
        try trained.fit(epochs: 4, from: "small:1")
        let json = try trained.store.lineage(of: "small:1").json
        #expect(json["descendants"]?.array?.first?["reference"] == "small:2")
        #expect(json["descendants"]?.array?.first?["kind"] == "resumed-from")
        #expect(json["ancestors"] == [] && json["run"]?.string?.isEmpty == false)
        #expect(json["dataset"]?["sha256"]?.string?.count == 64)
        _ = try trained.store.promote(PromoteRequest(.version("small:2"), alias: "next"))
        let text = try trained.store.lineage(of: "small:1").text
        #expect(text.contains("\ndata ") && text.contains("\nrun "), "\(text)")
        #expect(text.contains("small:2 (resumed-from) @next"), "\(text)")
    }
}

@Test("aliases are moved, moved back and removed")
func aliases() throws {
    try TrainedStore.with(versions: 2) { trained in
        let store = trained.store
        let first = try store.promote(PromoteRequest(.version("small:1"))).json
        #expect(
            first == [
                "alias": "small@production", "version": "small:1", "before": .null,
                "reason": "chosen by hand", "moved": true,
            ])
        var second = PromoteRequest(.version("small:2", reason: "newer"))
        second.comparison = nil
        #expect(try store.promote(second).reason == "newer")
        #expect(try store.rollback("small@production").version.reference == "small:1")
        let best = try store.promote(PromoteRequest(.best(metric: "val_loss", model: "small")))
        #expect(best.alias == "small@best" && best.reason.hasPrefix("val_loss "))
        let gated = PromoteRequest(.version("small:2"), gate: "val_accuracy > 2")
        #expect(thrown { _ = try store.promote(gated) }?.category == .badData)
        #expect(try store.removeAlias("small@best").json == ["alias": "small@best", "version": .null])
        #expect(thrown { _ = try store.rollback("small") }?.category == .usage)
    }
}

@Test("versions are deleted, restored and removed for good")
func deletion() throws {
    try TrainedStore.with(versions: 2) { trained in
        let store = trained.store
        #expect(try store.delete(["small:2", "small:1"]).json == ["small:2", "small:1"])
        #expect(try store.restore(["small:2"]).json.array?.first?["state"] == "kept")
        let planned = try store.collectGarbage(dryRun: true)
        #expect(planned.json(dryRun: true)["versions"] == ["small:1"])
        #expect(try store.collectGarbage().versions == ["small:1"])
        #expect(thrown { _ = try store.restore(["small:1"]) }?.category == .noInput)
    }
}

@Test("verify finds a damaged file, and neither export nor fit uses it")
func damagedFile() throws {
    try TrainedStore.with(versions: 1) { trained in
        let store = trained.store
        #expect(try store.verify().json == ["checked": 1, "findings": []])
        #expect(try store.rebuild().json == ["versions": 1, "aliases": 0, "unreadable": []])
        try trained.damage("small:1")
        #expect(try store.verify().findings.map(\.kind) == [.damaged])
        for file in ["copy.bin", "copy.h5", "other.keras", "net.onnx"] {
            let request = ExportRequest(
                reference: "small", file: trained.path(file), asIs: file.hasSuffix(".bin"))
            #expect(thrown { _ = try store.export(request) }?.category == .badData)
            #expect(!FileManager.default.fileExists(atPath: trained.path(file)))
        }
        #expect(thrown { try store.withBytes(of: "small") { _ in } }?.category == .badData)
        #expect(thrown { try trained.fit(from: "small") }?.category == .badData)
        #expect(thrown { _ = try store.summary(of: "small") }?.category == .badData)
    }
}

@Test("a version is exported as its bytes, in another form, and as ONNX")
func exports() throws {
    try TrainedStore.with(versions: 1) { trained in
        let store = trained.store
        let version = try store.show("small").version
        for (file, form) in [("copy.h5", ExportedFile.WrittenForm.copy), ("other.keras", .rewritten)] {
            let done = try store.export(ExportRequest(reference: "small", file: trained.path(file)))
            #expect(done.form == form)
            #expect(
                done.json == [
                    "reference": "small:1", "file": .string(trained.path(file)),
                    "sha256": .string(version.sha256),
                ])
        }
        #expect(try FileDigest(ofFile: trained.path("copy.h5")).sha256 == version.sha256)
        let net = try store.export(ExportRequest(reference: "small", file: trained.path("net.onnx")))
        #expect(net.form == .onnx(bytes: try Data(contentsOf: URL(fileURLWithPath: net.file)).count))
        var count = 0
        try store.withBytes(of: "small") { count += $0.count }
        #expect(count == version.size)
        let again = ExportRequest(reference: "small", file: trained.path("copy.h5"))
        #expect(thrown { _ = try store.export(again) }?.category == .badData)
    }
}

@Test("a file goes from one store to another by import, once")
func imports() throws {
    try TrainedStore.with(versions: 1) { trained in
        let source = trained.store
        let file = trained.path("model.h5")
        _ = try source.export(ExportRequest(reference: "small", file: file))
        let other = Store(trained.path("other"))
        let done = try other.importFiles(ImportRequest(files: [file], name: "taken"))
        #expect(done[0].isNew && done[0].json["reference"] == "taken:1" && done[0].json["new"] == true)
        #expect(try other.importFiles(ImportRequest(files: [file])).map(\.isNew) == [false])
        #expect(
            try other.show("taken").json["hyperparameters"] == source.show("small").json["hyperparameters"])

        // The content says what a file is, not its name.
        for form in ["h5", "keras"] {
            let (model, named) = (trained.path("m.\(form)"), trained.path("mask_detector.\(form)_model"))
            _ = try source.export(ExportRequest(reference: "small", file: model))
            try FileManager.default.moveItem(atPath: model, toPath: named)
            let found = try Store(trained.path("by_content_\(form)")).importFiles(
                ImportRequest(files: [named]))
            #expect(found[0].version.file.hasSuffix("_.\(form)") && found[0].isNew)
        }

        // Weights alone become a whole model.
        let weights = trained.path("small.weights.h5")
        _ = try source.export(ExportRequest(reference: "small", file: weights))
        let joined = try source.importFiles(ImportRequest(files: [weights], architecture: "small:1"))
        #expect(
            joined[0].json["trainable_parameters"] == 17 && joined[0].json["generation"] == "keras-2.10-h5")
        let none = ImportRequest(files: [file, trained.path("none.h5")])
        #expect(thrown { _ = try Store(trained.path("third")).importFiles(none) }?.category == .noInput)
        #expect(!FileManager.default.fileExists(atPath: trained.path("third")))
    }
}
