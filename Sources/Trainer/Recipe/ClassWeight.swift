import Base
import Network

/// Keras' `class_weight`: the weights of classes in the loss.
public enum ClassWeight: Equatable, Sendable {
    /// Weights by the number of a class or, if the key is not a number, its name. Missing classes have weight 1.
    case given([String: Double])
    /// scikit-learn's `balanced`: n / (number of classes · n of the class).
    case balanced

    init?(_ section: inout RecipeSection) throws(CellarError) {
        guard let found = section.options.value("class_weight") else { return nil }
        if let word = found.string {
            guard word == "balanced" else {
                throw section.error(
                    "class_weight is \"\(word)\"; expected balanced, or weights such as { 0: 1.0, 1: 3.0 }.",
                    key: "class_weight", remedy: nearest(word, in: ["balanced"]).map { "Did you mean \($0)?" }
                )
            }
            self = .balanced
            return
        }
        guard let object = found.object, !object.isEmpty else {
            throw section.error(
                "class_weight must be balanced, or a weight per class, such as { 0: 1.0, 1: 3.0 }.",
                key: "class_weight")
        }
        var weights: [String: Double] = [:]
        for (name, value) in object.members {
            guard let weight = value.double, weight >= 0, weight.isFinite else {
                throw section.error(
                    "the weight of class \(name) must be a number from 0, but is \(value.text()).",
                    key: "class_weight")
            }
            weights[name] = weight
        }
        self = .given(weights)
    }

    /// Returns one weight per class. `labels` are the labels of the training samples.
    func weights(classes: [String], labels: [Int32]) throws(CellarError) -> [Double] {
        switch self {
        case .balanced:
            var counts = classes.map { _ in 0.0 }
            for label in labels where counts.indices.contains(Int(label)) { counts[Int(label)] += 1 }
            let present = counts.count { $0 > 0 }
            return counts.map { $0 == 0 ? 1 : Double(labels.count) / (Double(present) * $0) }
        case .given(let given):
            var weights = classes.map { _ in 1.0 }
            for name in given.keys.sorted() {
                let index = Int(name) ?? classes.firstIndex(of: name)
                guard let index, classes.indices.contains(index) else {
                    let shown = classes.enumerated().prefix(12).map { "\($0) (\($1))" }
                    throw CellarError(
                        "class_weight has class \(name), but the classes are \(shown.joined(separator: ", "))"
                    )
                }
                weights[index] = given[name] ?? 1
            }
            return weights
        }
    }
}
