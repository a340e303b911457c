import Base

/// A tracking server of MLflow, by its REST interface (version 2.0 of the interface, that of MLflow 2 and 3).
///
/// A server is not trusted: no name of its becomes a path on this machine, and it cannot name files of this machine.
struct MLflowServer {
    private let client: HTTPClient
    let url: String

    init(_ url: String) throws(CellarError) { (client, self.url) = (try HTTPClient(url), url) }

    /// Calls a method of the interface. Throws with the server's own message.
    func post(_ method: String, _ content: JSON) throws(CellarError) -> JSON {
        try answer(client.send("POST", Self.methods + method, body: Array(content.text().utf8)), method)
    }

    /// Like `post`; nil if the server answers with this error code.
    func post(_ method: String, _ content: JSON, unless code: String) throws(CellarError) -> JSON? {
        let response = try client.send("POST", Self.methods + method, body: Array(content.text().utf8))
        // Not with `?:`, in which nil is JSON's null.
        if errorCode(of: response) == code { return nil }
        return try answer(response, method)
    }

    func get(_ method: String, _ query: [(String, String)] = []) throws(CellarError) -> JSON {
        try answer(client.send("GET", Self.methods + method + text(query)), method)
    }

    /// Like `get`; nil if the server answers with this error code.
    func get(
        _ method: String, _ query: [(String, String)], unless code: String
    ) throws(CellarError) -> JSON? {
        let response = try client.send("GET", Self.methods + method + text(query))
        // Not with `?:`, in which nil is JSON's null.
        if errorCode(of: response) == code { return nil }
        return try answer(response, method)
    }

    /// All entries of a list that comes in pages.
    func all(
        _ list: String, of method: String, _ query: [(String, String)] = []
    ) throws(CellarError) -> [JSON] {
        var entries: [JSON] = []
        var tokens: Set<String> = []
        var next: [(String, String)] = []
        while true {
            let page = try get(method, query + [("max_results", "1000")] + next)
            entries += page[list]?.array ?? []
            guard let token = page["next_page_token"]?.string, !token.isEmpty else { return entries }
            guard tokens.insert(token).inserted, tokens.count < Self.mostPages else {
                throw CellarError(.inputOutput, "the MLflow server's list \(method) has no end.")
            }
            next = [("page_token", token)]
        }
    }

    /// Stores a file. `path` is below the server's own store of artifacts.
    func upload(_ bytes: [UInt8], to path: String) throws(CellarError) {
        let response = try client.send(
            "PUT", Self.artifacts + "/" + percentEncoded(path, keeping: "/"), body: bytes,
            type: "application/octet-stream")
        // Servers answer with nothing, or with an empty object.
        if response.status == 200, response.body.isEmpty { return }
        _ = try answer(response, "artifacts")
    }

    /// The names of the files of a folder in the server's store of artifacts; none if there is no such folder.
    func files(in folder: String) throws(CellarError) -> [String] {
        let response = try client.send("GET", Self.artifacts + text([("path", folder)]))
        return try (answer(response, "artifacts")["files"]?.array ?? []).compactMap {
            $0["is_dir"]?.bool == true ? nil : $0["path"]?.string
        }
    }

    /// Copies a file from the server's store of artifacts.
    func download(_ path: String, to file: String) throws(CellarError) {
        var output = try AtomicFile(file)
        let refusal = try client.get(
            Self.artifacts + "/" + percentEncoded(path, keeping: "/"), limit: Self.largestFile
        ) { (piece) throws(CellarError) in try output.write(piece) }
        if let refusal { throw self.refusal(refusal, "artifacts") }
        try output.commit()
    }

    private static let methods = "/api/2.0/mlflow/"
    private static let artifacts = "/api/2.0/mlflow-artifacts/artifacts"
    private static let largestFile = 1 << 34
    /// A thousand entries each.
    private static let mostPages = 10_000

    private func answer(_ response: HTTPClient.Response, _ method: String) throws(CellarError) -> JSON {
        guard response.status == 200 else { throw refusal(response, method) }
        guard let json = try? JSON(parsing: response.body), json.object != nil else {
            throw CellarError(
                .inputOutput, "\(url): the answer to \(method) is not the JSON of an MLflow server.",
                remedy: "Check the address: it is that of the server's page.")
        }
        return json
    }

    private func errorCode(of response: HTTPClient.Response) -> String? {
        guard response.status != 200, let json = try? JSON(parsing: response.body) else { return nil }
        return json["error_code"]?.string
    }

    private func refusal(_ response: HTTPClient.Response, _ method: String) -> CellarError {
        let message = (try? JSON(parsing: response.body))?["message"]?.string ?? response.text
        return CellarError(
            errorCode(of: response) == Self.isMissing ? .noInput : .inputOutput,
            "the MLflow server refused \(method) with status \(response.status): \(message.prefix(300))")
    }

    /// The error code for a thing that the server does not have.
    static let isMissing = "RESOURCE_DOES_NOT_EXIST"
    static let isThere = "RESOURCE_ALREADY_EXISTS"

    private func text(_ query: [(String, String)]) -> String {
        query.isEmpty
            ? "" : "?" + query.map { "\($0.0)=\(percentEncoded($0.1, keeping: ""))" }.joined(separator: "&")
    }

    /// The path below the server's artifacts that an address such as `mlflow-artifacts:/1/abc/artifacts` means.
    ///
    /// Other addresses are refused. A server may name any: `file:///home/ann` would be a folder of this machine.
    static func artifactPath(_ uri: String) throws(CellarError) -> String {
        guard uri.hasPrefix("mlflow-artifacts:") else {
            throw CellarError(
                .usage, "the server keeps its files in \(uri.prefix(200)), which only its own clients reach.",
                remedy: "Start it with --serve-artifacts and --artifacts-destination.")
        }
        var path = uri.dropFirst("mlflow-artifacts:".count)
        if path.hasPrefix("//") { path = path.dropFirst(2).drop { $0 != "/" } }
        return String(path.drop { $0 == "/" })
    }
}

extension JSON {
    /// The number of a model's version, which servers write as a text or as a number; nil if it is none.
    var mlflowVersion: Int? {
        let number = int ?? string.flatMap { $0.utf8.allSatisfy { (48...57).contains($0) } ? Int($0) : nil }
        return number.flatMap { $0 > 0 ? $0 : nil }
    }
}

private func percentEncoded(_ text: String, keeping kept: String) -> String {
    let plain = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~\(kept)".utf8)
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
        if plain.contains(byte) {
            bytes.append(byte)
        } else {
            bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
