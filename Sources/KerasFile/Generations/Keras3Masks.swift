import Base
import Network

/// A Functional of Keras 3 contains its masks explicitly: operations such as NotEqual compute them from ids,
/// and layers are called with `mask=`. In Cellar masks propagate implicitly from an Embedding or a Masking.
/// So these operations are removed if they compute the mask of such a layer. For the calls, only the presence
/// of a mask is kept (`"mask": true`) for a check.
extension Keras3 {
    static let maskArguments = ["mask", "query_mask", "value_mask", "key_mask"]
    private static let maskOperations = [
        "NotEqual", "Any", "ConvertToTensor", "LogicalOr", "LogicalAnd", "ExpandDims", "Squeeze",
        "BroadcastTo", "OnesLike", "ZerosLike", "Concatenate",
    ]

    /// Returns a Functional's entries without the operations that only compute masks.
    static func withMasksImplied(_ entries: [JSON]) throws -> [JSON] {
        func name(_ entry: JSON) -> String { entry["name"]?.string ?? entry["config"]?["name"]?.string ?? "" }
        let operations = entries.filter { isMaskOperation($0) }
        guard operations.contains(where: { $0["class_name"] == "NotEqual" }) else { return entries }
        // Reshaping operations also apply to other tensors, where they are arithmetic.
        var names = Set(operations.filter { !isReshaping($0) }.map(name))
        while let more = operations.first(where: { entry in
            !names.contains(name(entry))
                && (sources(of: entry).map { !$0.isEmpty && $0.allSatisfy(names.contains) } ?? false)
        }) {
            names.insert(name(more))
        }
        for operation in operations where operation["class_name"] == "NotEqual" {
            guard isMadeByLayer(operation, entries) else {
                throw CellarError(
                    .badData,
                    "\"\(name(operation))\" computes a mask that differs from that of an Embedding (with mask_zero) or Masking; "
                        + "this is not supported")
            }
        }
        let open = masksWithoutEffect(operations, name)
        return try entries.filter { !names.contains(name($0)) }.map { entry in
            guard var object = entry.object, let nodes = object["inbound_nodes"]?.array else { return entry }
            object["inbound_nodes"] = .array(
                try nodes.map { try impliedMask($0, names, open: open, of: name(entry)) })
            return .object(object)
        }
    }

    /// Returns the names of masks that are true everywhere: those of a Concatenate of which an input has no mask, as any input counts.
    private static func masksWithoutEffect(_ operations: [JSON], _ name: (JSON) -> String) -> Set<String> {
        func names(_ className: String, where isWanted: (JSON) -> Bool = { _ in true }) -> Set<String> {
            Set(operations.filter { $0["class_name"]?.string == className && isWanted($0) }.map(name))
        }
        func hasSource(_ entry: JSON, in found: Set<String>) -> Bool {
            sources(of: entry)?.contains(where: found.contains) ?? false
        }
        let ones = names("OnesLike")
        let joined = names("Concatenate") { hasSource($0, in: ones) }
        return names("Any") { hasSource($0, in: joined) }
    }

    private static func isMaskOperation(_ entry: JSON) -> Bool {
        guard let className = entry["class_name"]?.string, entry["inbound_nodes"]?.array?.first?.object != nil
        else { return false }
        // Concatenate is a layer, too.
        return maskOperations.contains(className)
            && (className != "Concatenate" || entry["module"]?.string?.hasPrefix("keras.src.ops") == true)
    }

    private static func isReshaping(_ entry: JSON) -> Bool {
        ["ExpandDims", "Squeeze", "Concatenate"].contains(entry["class_name"]?.string ?? "")
    }

    /// Returns the layers that the tensors of an operation come from. Concatenate has a list of them as its argument.
    private static func sources(of entry: JSON) -> [String]? {
        entry["inbound_nodes"]?.array?.first?["args"]?.array?.flatMap { $0.array ?? [$0] }
            .compactMap { history($0)?.array?.first?.string }
    }

    /// Returns true if NotEqual(tensor, number) is the mask that a layer computes from the same tensor.
    private static func isMadeByLayer(_ operation: JSON, _ entries: [JSON]) -> Bool {
        guard let arguments = operation["inbound_nodes"]?.array?.first?["args"]?.array, arguments.count == 2,
            let source = history(arguments[0]), let number = arguments[1].double
        else { return false }
        return entries.contains { entry in
            let config = entry["config"]
            let makes =
                switch entry["class_name"]?.string {
                case "Embedding": number == 0 && config?["mask_zero"] == true
                case "Masking": number == config?["mask_value"]?.double ?? 0
                default: false
                }
            guard makes else { return false }
            return (entry["inbound_nodes"]?.array ?? []).contains { node in
                node["args"]?.array?.first.flatMap(history) == source
            }
        }
    }

    private static func history(_ tensor: JSON) -> JSON? {
        tensor["class_name"] == "__keras_tensor__" ? tensor["config"]?["keras_history"] : nil
    }

    /// Returns a call with the masks of those operations replaced by a flag.
    ///
    /// - open: Those that are true everywhere, which are left out.
    private static func impliedMask(
        _ node: JSON, _ operations: Set<String>, open: Set<String>, of layer: String
    ) throws -> JSON {
        func usesOperation(_ json: JSON, of operations: Set<String>) -> Bool {
            json.contains { object in
                let source = object["keras_history"]?.array?.first?.string
                return source.map(operations.contains) ?? false
            }
        }
        guard var call = node.object, var options = call["kwargs"]?.object else { return node }
        for key in maskArguments {
            guard let mask = options[key], usesOperation(mask, of: operations) else { continue }
            options[key] = nil
            if !usesOperation(mask, of: open) { options["mask"] = true }
        }
        guard !usesOperation(call["args"] ?? .null, of: operations),
            !usesOperation(.object(options), of: operations)
        else {
            throw CellarError(.badData, "layer \"\(layer)\" computes with a mask, which is not supported")
        }
        call["kwargs"] = .object(options)
        return .object(call)
    }
}
