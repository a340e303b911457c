import Base

/// A tracking server of MLflow, by its REST interface (version 2.0 of the interface, that of MLflow 2 and 3).
struct MLflowServer {
    private let client: HTTPClient

    init(_ url: String) throws(CellarError) { client = try HTTPClient(url) }

    /// Calls a method of the interface. Throws with the server's own message.
    func post(_ method: String, _ content: JSON) throws(CellarError) -> JSON {
        try answer(client.send("POST", "/api/2.0/mlflow/\(method)", body: Array(content.text().utf8)), method)
    }

    /// Like `post`; nil where the server does not have what was asked for.
    func postIfThere(_ method: String, _ content: JSON, missing code: String) throws(CellarError) -> JSON? {
        let response = try client.send("POST", "/api/2.0/mlflow/\(method)", body: Array(content.text().utf8))
        if response.status != 200, (try? JSON(parsing: response.body))?["error_code"]?.string == code {
            return nil
        }
        return try answer(response, method)
    }

    func get(_ method: String, _ query: [(String, String)] = []) throws(CellarError) -> JSON {
        try answer(client.send("GET", "/api/2.0/mlflow/\(method)" + text(query)), method)
    }

    func getIfThere(_ method: String, _ query: [(String, String)] = []) throws(CellarError) -> JSON? {
        let response = try client.send("GET", "/api/2.0/mlflow/\(method)" + text(query))
        if response.status == 404 { return nil }
        return try answer(response, method)
    }

    /// Stores a file. `path` is below the server's own store of artifacts.
    func upload(_ bytes: [UInt8], to path: String) throws(CellarError) {
        let response = try client.send(
            "PUT", "/api/2.0/mlflow-artifacts/artifacts/" + percentEncoded(path, keeping: "/"), body: bytes,
            type: "application/octet-stream")
        _ = try answer(response, "artifacts")
    }

    func download(_ path: String) throws(CellarError) -> [UInt8]? {
        let response = try client.send(
            "GET", "/api/2.0/mlflow-artifacts/artifacts/" + percentEncoded(path, keeping: "/"))
        if response.status == 200 { return response.body }
        if response.status == 404 || response.status == 500 { return nil }
        _ = try answer(response, "artifacts")
        return nil
    }

    private func answer(_ response: HTTPClient.Response, _ method: String) throws(CellarError) -> JSON {
        let json = (try? JSON(parsing: response.body.isEmpty ? Array("{}".utf8) : response.body)) ?? .null
        guard response.status == 200 else {
            let message = json["message"]?.string ?? String(response.text.prefix(200))
            throw CellarError(
                response.status == 404 ? .noInput : .inputOutput,
                "the MLflow server refused \(method) with status \(response.status): \(message)")
        }
        return json
    }

    private func text(_ query: [(String, String)]) -> String {
        query.isEmpty
            ? "" : "?" + query.map { "\($0.0)=\(percentEncoded($0.1, keeping: ""))" }.joined(separator: "&")
    }

    /// The path below the server's artifacts that an address such as `mlflow-artifacts:/1/abc/artifacts` means.
    static func artifactPath(_ uri: String) throws(CellarError) -> String {
        guard uri.hasPrefix("mlflow-artifacts:") else {
            throw CellarError(
                .usage, "the server keeps its files in \(uri), which only its own clients reach.",
                remedy: "Start it with --serve-artifacts and --artifacts-destination.")
        }
        var path = uri.dropFirst("mlflow-artifacts:".count)
        if path.hasPrefix("//") { path = path.dropFirst(2).drop { $0 != "/" } }
        return String(path.drop { $0 == "/" })
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
