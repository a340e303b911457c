import JSONText

/// What differs between the Keras releases that write files, brought to the one form that the core knows: Keras 2.10's.
struct Generation {
    let major: Int

    init(kerasVersion: String) {
        major = Int(kerasVersion.prefix { $0 != "." }) ?? 2
    }

    /// Whether optimizers compute as Keras 2.11 and later have it.
    func hasNewOptimizers(className: String, config: JSONObject) -> Bool {
        major >= 3 || className.hasPrefix("Custom>") || config["is_legacy_optimizer"] == .bool(false)
    }

    /// One layer's options in the form of 2.10.
    func current(_ config: JSONObject) -> JSONObject {
        var result = config
        for key in config.keys {
            guard let value = config[key] else { continue }
            if key.hasSuffix("activation"), major >= 3 {
                // The same word, another formula.
                let word = value.string ?? value["config"]?.string
                if word == "hard_sigmoid" { result[key] = "hard_sigmoid_3" }
            }
        }
        return result
    }
}
