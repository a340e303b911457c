import Base
import Cellar
import Foundation
import TestSupport
import Testing

@Test(
    "a layer that is too large is refused before it is allocated",
    arguments: [
        "Dense: { units: 300000 }\n  - Dense: { units: 300000 }",
        "Embedding: { input_dim: 2000000000, output_dim: 64 }\n  - GlobalAveragePooling1D",
        "RepeatVector: { n: 1000000000 }\n  - Flatten",
    ])
private func tooLargeLayers(layers: String) throws {
    #expect(try refusal(of: layers).category == .badData)
}

@Test("a model of layers that are possible, but need more than any memory, is refused before it is allocated")
private func tooLargeForMemory() throws {
    // Weights, gradients and Adam's state: 850 GB.
    let error = try refusal(
        of: Array(repeating: "Dense: { units: 46000 }", count: 21).joined(separator: "\n  - "))
    #expect(error.category == .badData && error.message.contains("not enough memory"), "\(error)")
    #expect(error.place.file?.hasSuffix("recipe.yaml") == true && error.message.contains("Dense"))
}

/// The error of training with these layers as the first ones.
private func refusal(of layers: String) throws -> CellarError {
    var found: CellarError?
    try TrainedStore.with { trained in
        let text = try String(contentsOfFile: trained.recipe, encoding: .utf8)
            .replacing("Dense: { units: 4, activation: relu }", with: layers)
        try Data(text.utf8).write(to: URL(fileURLWithPath: trained.recipe))
        found = thrown { try trained.fit() }
    }
    return try #require(found)
}

@Test("batches larger than the data need no memory of their own")
private func largeBatches() throws {
    try TrainedStore.with { trained in
        _ = try trained.store.fit(FitRequest(recipe: trained.recipe, batchSize: 1_000_000))
    }
}

@Test("exports have a form that is known", arguments: ["m.pt", "m.tflite", "m", "m.H6", "keras"])
private func unknownEndings(name: String) throws {
    try SmallStore.make { place in
        let request = ExportRequest(reference: "small", file: place.path(name))
        let error = try #require(thrown { _ = try place.store.export(request) })
        #expect(error.category == .usage && error.message.contains(".keras") && !place.exists(name))
        _ = try place.store.export(ExportRequest(reference: "small", file: place.path(name), format: .keras))
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.path(name))).starts(with: Data("PK".utf8)))
    }
}

@Test("a model without a version is all of its versions, and is not deleted unasked")
private func deletesWholeModels() throws {
    try SmallStore.make { place in
        #expect(category { () throws(CellarError) in _ = try place.store.delete(["mnist"]) } == .usage)
        #expect(try place.store.wholeModels(of: ["mnist", "small:1"]).map(\.versions) == [2])
        _ = try place.store.promote(PromoteRequest(.version("mnist:1"), alias: "kept"))
        #expect(
            thrown { _ = try place.store.delete(["mnist"], all: true) }?.message.contains("mnist@kept")
                == true)
        #expect(try place.store.wholeModels(of: ["mnist"]).map(\.versions) == [2])
        _ = try place.store.removeAlias("mnist@kept")
        let deleted = try place.store.delete(["mnist", "mnist:1", "line"], all: true).versions.map(
            \.reference)
        #expect(deleted.sorted() == ["line:1", "mnist:1", "mnist:2"])
        #expect(category { () throws(CellarError) in _ = try place.store.show("mnist") } == .noInput)
    }
}

@Test("an output is not an input, by whatever path")
private func outputIsNoInput() throws {
    try SmallStore.make { place in
        let table = try place.file("in.csv", "a,b\n1,2\n")
        try FileManager.default.createSymbolicLink(atPath: place.path("link.csv"), withDestinationPath: table)
        for output in [table, place.path("link.csv"), place.folder.path + "/./in.csv"] {
            let request = ScoreRequest(inputs: [table], outputs: [output])
            #expect(category { () throws(CellarError) in _ = try place.store.score(request) } == .usage)
            #expect(try place.text("in.csv") == "a,b\n1,2\n")
        }
        _ = try place.store.score(ScoreRequest(inputs: [table], outputs: [table], replacesInput: true))
        #expect(try place.text("in.csv").hasPrefix("a,b,prediction"))
    }
}
