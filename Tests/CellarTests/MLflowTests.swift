import Base
import Foundation
import Registry
import Synchronization
import TestSupport
import Testing

@testable import Cellar

private typealias Request = RoutingServer.Request
private typealias Answer = RoutingServer.Answer

private func bytes(of reference: String, _ store: Store) throws -> [UInt8] {
    try readFile(store.models.file(of: reference).path, limit: 1 << 20)
}

@Test("a model's folder has the file unchanged, and is not written over")
func mlflowFolder() throws {
    try SmallStore.make { (place) throws in
        let folder = place.path("model")
        let done = try place.store.exportMLflow("small", to: folder)
        #expect(done.reference == "small:1" && done.run == nil)
        let version = try place.store.models.version("small")
        #expect(try FileDigest(ofFile: folder + "/data/model.h5").sha256 == version.sha256)
        #expect(try place.text("model/MLmodel").contains("save_format: h5"))
        // Columns of a vector are numbers of any type.
        #expect(try place.text("model/MLmodel").contains(#"{\"type\": \"any\", \"name\": \"b\""#))
        #expect(throws: CellarError.self) { _ = try place.store.exportMLflow("small", to: folder) }
        _ = try place.store.exportMLflow("small", to: folder, overwrite: true)
    }
}

/// The answers of a server to an export, as MLflow 3 gives them.
private func exportAnswer(_ request: Request) -> Answer {
    switch request.path.replacingOccurrences(of: "/api/2.0/mlflow/", with: "") {
    case "experiments/get-by-name": .missing()
    case "experiments/create": .json(["experiment_id": "7"])
    case "runs/create":
        .json(["run": ["info": ["run_id": "r1", "artifact_uri": "mlflow-artifacts:/7/r1/artifacts"]]])
    case "registered-models/create":
        .json(["error_code": "RESOURCE_ALREADY_EXISTS", "message": "there"], status: 400)
    case "model-versions/create": .json(["model_version": ["version": "4"]])
    default: request.method == "PUT" ? .init(200, []) : .json([:])
    }
}

@Suite("Export to a server of MLflow")
struct ExportMLflowTests {
    @Test("logs parameters, metrics of every epoch, tags, the data, the file and the aliases")
    func run() throws {
        try SmallStore.make { (place) throws in
            var facts = try place.store.show("small").facts
            facts.trainingSeconds = 2
            facts.hyperparameters.batchSize = 16
            facts.history = [.init(name: "loss", values: [0.5, .nan, 0.25])]
            // The weights of the first epoch were restored: the run's last value is theirs.
            facts.metrics = [.init(split: "train", name: "loss", value: 0.5)]
            facts.dataset = .init(path: "t.csv", sha256: "ab", trainRows: 5, validationRows: 0, testRows: 2)
            let model = try place.store.inspect(InspectRequest(model: "small")).file.model
            try place.save(model, facts)
            _ = try place.store.models.promote("small:2", alias: "best")
            try place.store.models.tag("small:2", set: [.init(key: "owner", value: "ann")])
            try RoutingServer.run(exportAnswer) { server in
                let done = try place.store.exportMLflow("small:2", to: server.url)
                #expect(done.run == "r1" && done.version == "4")
                let run = try #require(server.calls("runs/create").first).json
                #expect(run["experiment_id"] == "7")
                // 2026-11-22T12:30:02Z less the two seconds of the training.
                #expect(run["start_time"] == 1_795_350_600_000)
                #expect(run["tags"]?.array?.contains(["key": "owner", "value": "ann"]) == true)
                let version = try #require(server.calls("model-versions/create").first).json
                #expect(version["tags"]?.array?.contains(["key": "owner", "value": "ann"]) == true)
                let batches = server.calls("runs/log-batch").map(\.json)
                #expect(batches[0]["params"]?.array?.contains(["key": "batch_size", "value": "16"]) == true)
                let metrics = try #require(batches[1]["metrics"]?.array)
                #expect(metrics.map { $0["value"] } == [0.5, 0.25, 0.5])
                #expect(metrics.map { $0["step"] } == [1, 3, 4])
                #expect(server.calls("runs/log-inputs").count == 1)
                let file = try #require(server.requests.first { $0.path.hasSuffix("/data/model.h5") })
                #expect(file.method == "PUT")
                #expect(
                    file.path == "/api/2.0/mlflow-artifacts/artifacts/7/r1/artifacts/model/data/model.h5")
                #expect(try file.body == bytes(of: "small:2", place.store))
                #expect(server.calls("registered-models/alias").map { $0.json["alias"] } == ["best"])
                #expect(server.calls("runs/update").map { $0.json["status"] } == ["FINISHED"])
            }
        }
    }

    @Test(
        "a training time that none can have is no time",
        arguments: [1e300, -5, .infinity, .nan, 1e18])
    func times(seconds: Double) throws {
        try SmallStore.make { (place) throws in
            var facts = try place.store.show("small").facts
            facts.trainingSeconds = seconds
            let model = try place.store.inspect(InspectRequest(model: "small")).file.model
            try place.save(model, facts)
            try RoutingServer.run(exportAnswer) { server in
                _ = try place.store.exportMLflow("small:2", to: server.url)
                #expect(server.calls("runs/create").first?.json["start_time"] == 1_795_350_602_000)
            }
        }
    }

    @Test(
        "an experiment is never another one's, and a run is not left open",
        arguments: ["experiments/get-by-name", "experiments/create", "runs/create", "model-versions/create"])
    func failures(method: String) throws {
        try SmallStore.make { (place) throws in
            for answer in [Answer.json([:]), Answer(500, []), Answer(404, Array("<html>".utf8))] {
                let route = { @Sendable (request: Request) in
                    request.path.hasSuffix(method) ? answer : exportAnswer(request)
                }
                try RoutingServer.run(route) { server in
                    // An answer without an experiment is as if there were none.
                    let isFound =
                        method == "experiments/get-by-name" && answer.bytes == Answer.json([:]).bytes
                    if isFound {
                        _ = try place.store.exportMLflow("small", to: server.url)
                    } else {
                        #expect(throws: CellarError.self) {
                            _ = try place.store.exportMLflow("small", to: server.url)
                        }
                    }
                    #expect(server.calls("runs/create").allSatisfy { $0.json["experiment_id"] == "7" })
                    let ends = server.calls("runs/update").map { $0.json["status"] }
                    #expect(ends == (isFound ? ["FINISHED"] : method.hasPrefix("model") ? ["FAILED"] : []))
                }
            }
        }
    }

    @Test("an experiment that another program makes meanwhile is found")
    func experiment() throws {
        try SmallStore.make { (place) throws in
            let asked = Counter()
            let route = { @Sendable (request: Request) -> Answer in
                if request.path.hasSuffix("experiments/create") { return .missing("RESOURCE_ALREADY_EXISTS") }
                guard request.path.hasSuffix("get-by-name") else { return exportAnswer(request) }
                return asked.next() == 1 ? .missing() : .json(["experiment": ["experiment_id": 7]])
            }
            try RoutingServer.run(route) { server in
                _ = try place.store.exportMLflow("small", to: server.url)
                #expect(server.calls("runs/create").first?.json["experiment_id"] == "7")
            }
        }
    }
}

/// Counts calls from a server's thread.
private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

/// A server with registered models: by name, their versions with the place of each.
private struct Registered: Sendable {
    var models: [String: [(version: JSON, uri: String)]]
    var aliases: [String: JSON] = [:]
    /// By path in the store of artifacts.
    var files: [String: [UInt8]]

    func answer(_ request: Request) -> Answer {
        let artifacts = "/api/2.0/mlflow-artifacts/artifacts"
        let name =
            request.query["name"] ?? request.query["filter"]?.split(separator: "'").last.map(String.init)
            ?? ""
        switch request.path.replacingOccurrences(of: "/api/2.0/mlflow/", with: "") {
        case "registered-models/search":
            return .json(["registered_models": .array(models.keys.sorted().map { ["name": .string($0)] })])
        case "model-versions/search":
            let all = (models[name] ?? []).map { version -> JSON in
                [
                    "name": .string(name), "version": version.version, "run_id": "r1",
                    "tags": [["key": "owner", "value": "ann"], ["key": "a key", "value": "x"]],
                ]
            }
            return .json(["model_versions": .array(all)])
        case "registered-models/get":
            return .json(["registered_model": ["aliases": aliases[name] ?? []]])
        case "model-versions/get-download-uri":
            let found = models[name]?.first { "\($0.version.mlflowVersion ?? 0)" == request.query["version"] }
            return found.map { .json(["artifact_uri": .string($0.uri)]) } ?? .missing()
        case "runs/get":
            return .json([
                "run": [
                    "data": [
                        "tags": [
                            ["key": "team", "value": "wines"], ["key": "owner", "value": "bob"],
                            ["key": "draft"], ["key": "mlflow.user", "value": "root"],
                        ]
                    ]
                ]
            ])
        case artifacts:
            let folder = (request.query["path"] ?? "") + "/"
            let names = files.keys.filter { $0.hasPrefix(folder) }.map { $0.dropFirst(folder.count) }
            return .json(["files": .array(names.map { ["path": .string(String($0)), "is_dir": false] })])
        default:
            let path = String(request.path.dropFirst(artifacts.count + 1))
            return files[path].map { Answer(200, $0) } ?? .missing()
        }
    }
}

@Suite("Import from a server of MLflow")
struct ImportMLflowTests {
    /// The file of `line`, a model of the small store.
    private func line(_ place: SmallStore) throws -> [UInt8] { try bytes(of: "line", place.store) }

    private func importing(
        _ registered: Registered, into store: Store, models: [String] = [], name: String? = nil
    ) throws -> (done: [ImportedFile], warnings: [String]) {
        let warnings = Mutex<[String]>([])
        var done: [ImportedFile] = []
        try RoutingServer.run({ registered.answer($0) }) { server in
            done = try store.importMLflow(
                server.url, models: models, name: name,
                progress: ProgressReporter(warn: { text in warnings.withLock { $0.append(text) } }))
        }
        return (done, warnings.withLock { $0 })
    }

    @Test("takes over files, aliases, tags and the run, with versions as texts or numbers")
    func all() throws {
        try SmallStore.make { (place) throws in
            let file = try line(place)
            let other = Store(place.path("other"))
            let found = try importing(
                Registered(
                    models: [
                        "wine": [(2, "mlflow-artifacts:/1/b"), ("1", "mlflow-artifacts://host/1/a")],
                        "bare": [],
                    ],
                    aliases: [
                        "wine": [["alias": "champion", "version": 1], ["alias": "12", "version": "1"]]
                    ],
                    files: ["1/a/data/model.h5": file, "1/b/data/model.pkl": [1]]),
                into: other)
            #expect(found.done.map(\.file) == ["models:/wine/1"])
            let version = try other.models.version("wine@champion")
            #expect(try version.sha256 == place.store.models.version("line").sha256)
            let tags = try other.models.tags(of: version)
            #expect(tags.contains(.init(key: "mlflow.run_id", value: "r1")))
            #expect(tags.contains(.init(key: "owner", value: "ann")))
            #expect(tags.contains(.init(key: "team", value: "wines")))
            #expect(tags.contains(.init(key: "draft", value: "")) && tags.count == 5)
            // A tag and an alias that this store does not take, and a version that is no Keras model.
            #expect(found.warnings.count == 3)
            #expect(found.warnings.contains { $0.contains("models:/wine/2: not a Keras model") })
        }
    }

    @Test(
        "registered models with the same file are versions under their own names, each with its own aliases and tags"
    )
    func sameFiles() throws {
        try SmallStore.make { (place) throws in
            let other = Store(place.path("other"))
            _ = try place.store.models.copy("line", to: other.models)
            let registered = Registered(
                models: ["a": [(1, "mlflow-artifacts:/1/a")], "wine": [(1, "mlflow-artifacts:/1/a")]],
                aliases: [
                    "a": [["alias": "best", "version": 1]], "wine": [["alias": "champion", "version": 1]],
                ],
                files: ["1/a/data/model.h5": try line(place)])
            for isNew in [true, false] {
                let found = try importing(registered, into: other)
                #expect(found.done.map(\.version.reference) == ["a:1", "wine:1"])
                #expect(found.done.allSatisfy { $0.isNew == isNew })
            }
            #expect(try other.models.version("a:1").aliases == ["best"])
            let wine = try other.models.version("wine:1")
            #expect(wine.aliases == ["champion"])
            #expect(try other.models.version("line:1").aliases == [])
            #expect(try other.models.tags(of: other.models.version("line:1")) == [])
            let place = try other.models.tags(of: wine).first { $0.key == "mlflow" }?.value
            #expect(place?.hasSuffix("/#/models/wine/versions/1") == true)
            #expect(try other.models.record(of: wine).parents.map(\.reference) == ["models:/wine/1"])
            #expect(Set(try other.models.list().versions.map(\.file)).count == 1, "all share the file")
            #expect(try other.models.verify().findings.isEmpty)
        }
    }

    @Test("an alias in use is not moved past the comparison")
    func aliasesInUse() throws {
        try SmallStore.make { (place) throws in
            let other = Store(place.path("other"))
            var registered = Registered(
                models: ["wine": [(1, "mlflow-artifacts:/1/a")]],
                aliases: ["wine": [["alias": "champion", "version": 1]]],
                files: [
                    "1/a/data/model.h5": try line(place),
                    "1/b/data/model.h5": try bytes(of: "small", place.store),
                ])
            _ = try importing(registered, into: other)
            registered.models["wine"] = [(2, "mlflow-artifacts:/1/b")]
            registered.aliases["wine"] = [
                ["alias": "champion", "version": 2], ["alias": "next", "version": 2],
            ]
            let found = try importing(registered, into: other)
            #expect(try other.models.version("wine@champion").number == 1)
            #expect(try other.models.version("wine@next").number == 2)
            #expect(
                found.warnings.contains { $0.contains("wine@champion points to wine:1, and was not moved") })
        }
    }

    @Test(
        "no name of the server is a path on this machine",
        arguments: [
            "../../../escaped", "/tmp/escaped", "a/../../b", "..", ".", "", "a\u{0}b", "a\nb", "-x",
            String(repeating: "n", count: 300),
        ])
    func names(name: String) throws {
        try SmallStore.make { (place) throws in
            let registered = Registered(
                models: [name: [(1, "mlflow-artifacts:/1/a")], "good": [(1, "mlflow-artifacts:/1/a")]],
                files: ["1/a/data/model.h5": try line(place)])
            let other = Store(place.path("in/other"))
            let before = try FileManager.default.subpathsOfDirectory(atPath: place.folder.path)
            // Of all models only those with a good name are taken …
            let found = try importing(registered, into: other)
            #expect(found.done.map(\.version.reference) == ["good:1"])
            #expect(found.warnings.contains { $0.contains("left out") && !$0.contains("\n") })
            // … and one that was asked for is an error, unless it gets another name.
            let error = #expect(throws: CellarError.self) {
                try importing(registered, into: other, models: [name])
            }
            #expect(error?.category == .usage)
            let after = try FileManager.default.subpathsOfDirectory(atPath: place.folder.path)
            #expect(Set(after).subtracting(before).allSatisfy { $0.hasPrefix("in") })
        }
    }

    @Test(
        "a version without a positive whole number is an error",
        arguments: ["../../1", "1/../../2", "-1", 0, "", "1.5", nil, "99999999999999999999"] as [JSON])
    func versions(version: JSON) throws {
        try SmallStore.make { (place) throws in
            let registered = Registered(
                models: ["wine": [(version, "mlflow-artifacts:/1/a")]],
                files: ["1/a/data/model.h5": try line(place)])
            let error = #expect(throws: CellarError.self) {
                try importing(registered, into: Store(place.path("other")))
            }
            #expect(error?.message.contains("without a number") == true)
        }
    }

    @Test("a server cannot name files of this machine")
    func localFiles() throws {
        try SmallStore.make { (place) throws in
            let folder = place.path("secret")
            try FileSystem.makeFolder(folder + "/data")
            try writeFile(folder + "/data/model.h5", try line(place))
            for uri in ["file://\(folder)", folder, "file:\(folder)", "secret", "s3://bucket/x"] {
                let other = Store(place.path("other"))
                let found = try importing(
                    Registered(models: ["wine": [(1, uri)]], files: [:]), into: other)
                #expect(found.done.isEmpty && !place.exists("other/TRAINED_MODEL"))
                #expect(found.warnings.contains { $0.contains("only its own clients reach") })
            }
        }
    }

    @Test("a list whose pages do not end is an error, and one of several pages is read whole")
    func pages() throws {
        try SmallStore.make { (place) throws in
            let endless = { @Sendable (_: Request) in
                Answer.json(["registered_models": [], "next_page_token": "again"])
            }
            try RoutingServer.run(endless) { server in
                let error = #expect(throws: CellarError.self) {
                    _ = try place.store.importMLflow(server.url)
                }
                #expect(error?.message.contains("has no end") == true && server.requests.count == 2)
            }
            let three = { @Sendable (request: Request) -> Answer in
                let page = Int(request.query["page_token"] ?? "0") ?? 0
                return .json([
                    "l": [.integer(page)], "next_page_token": page < 2 ? .string("\(page + 1)") : "",
                ])
            }
            try RoutingServer.run(three) { server in
                let found = try MLflowServer(server.url).all("l", of: "x")
                #expect(found == [0, 1, 2])
            }
        }
    }

    @Test("a failure of the server is not the same as a file that is not there")
    func serverFailures() throws {
        try SmallStore.make { (place) throws in
            let registered = Registered(
                models: ["wine": [(1, "mlflow-artifacts:/1/a")]],
                files: ["1/a/data/model.h5": try line(place)])
            for part in ["/artifacts", "/model.h5", "get-download-uri", "registered-models/get"] {
                let route = { @Sendable (request: Request) in
                    request.path.hasSuffix(part) ? Answer(500, []) : registered.answer(request)
                }
                try RoutingServer.run(route) { server in
                    let error = #expect(throws: CellarError.self) {
                        _ = try Store(place.path("other")).importMLflow(server.url)
                    }
                    #expect(error?.category == .inputOutput)
                }
            }
            let error = #expect(throws: CellarError.self) {
                try importing(registered, into: Store(place.path("other")), models: ["nothing"])
            }
            #expect(error?.category == .noInput)
            #expect(!place.exists("other/TRAINED_MODEL"))
        }
    }

    @Test("a file that is cut or damaged is not imported")
    func damaged() throws {
        try SmallStore.make { (place) throws in
            let file = try line(place)
            for bytes in [Array(file.prefix(file.count / 2)), Array("no model".utf8), []] {
                let registered = Registered(
                    models: ["wine": [(1, "mlflow-artifacts:/1/a")]], files: ["1/a/data/model.h5": bytes])
                #expect(throws: CellarError.self) {
                    try importing(registered, into: Store(place.path("other")))
                }
                #expect(!place.exists("other/TRAINED_MODEL"))
            }
        }
    }
}
