import Base
import Network

/// Keras' `class_weight`: the weights of classes in the loss.
public enum ClassWeight: Equatable, Sendable {
    /// Weights by label: see `ClassNames`. Classes without one have weight 1.
    case given([ClassWeightEntry])
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
        var weights: [ClassWeightEntry] = []
        for (name, value) in object.members {
            guard let weight = value.double, weight >= 0, weight.isFinite else {
                throw section.error(
                    "the weight of class \(name) must be a number from 0, but is \(value.text()).",
                    key: "class_weight")
            }
            weights.append(ClassWeightEntry(label: name, weight: weight))
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
            var names = ClassNames(classes)
            var weights = [Double?](repeating: nil, count: classes.count)
            for entry in given {
                guard let index = names.number(of: entry.label) else {
                    throw CellarError(
                        "class_weight has class \(entry.label), but the classes are \(names.shown)")
                }
                guard weights[Int(index)] == nil else {
                    throw CellarError("class_weight has two weights for class \(classes[Int(index)])")
                }
                weights[Int(index)] = entry.weight
            }
            return weights.map { $0 ?? 1 }
        }
    }
}

/// The weight of one class.
public struct ClassWeightEntry: Equatable, Sendable {
    public var label: String
    public var weight: Double
}
