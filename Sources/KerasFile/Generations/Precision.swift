import Base

extension Architecture {
    /// A warning if Keras computes layers of the model in 16 bits, by their policies. Here everything is computed in float32.
    var precisionWarnings: [String] {
        var counts: [String: Int] = [:]
        count(config, into: &counts)
        return counts.keys.sorted().map { policy in
            let type = policy.hasSuffix("bfloat16") ? "bfloat16" : "float16"
            let error = type == "bfloat16" ? "2⁻⁸ (0.4 %)" : "2⁻¹¹ (0.05 %)"
            let count = counts[policy] ?? 0
            return
                "\(count == 1 ? "1 layer has" : "\(count) layers have") the policy \(policy): Keras rounds their results to \(type), with a relative "
                + "error of up to \(error) each; here they are computed in float32, so that predictions differ by about as much"
        }
    }

    private func count(_ json: JSON, into counts: inout [String: Int]) {
        switch json {
        case .array(let items): for item in items { count(item, into: &counts) }
        case .object(let object):
            if let config = object["config"], let dtype = config["dtype"], let layer = object["class_name"] {
                let name = dtype.string ?? dtype["config"]?["name"]?.string ?? ""
                if name.hasSuffix("float16"), layer != "InputLayer", config["layers"] == nil {
                    counts[name, default: 0] += 1
                }
            }
            for (_, value) in object.members { count(value, into: &counts) }
        default: break
        }
    }
}
