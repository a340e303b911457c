import JSONText
import Tensors

/// A penalty on a weight that is added to the loss: λ₁ Σ|w| + λ₂ Σw², as Keras' L1, L2 and L1L2.
public struct Regularizer: Equatable, Sendable {
    public var l1, l2: Float

    public init(l1: Float = 0, l2: Float = 0) { (self.l1, self.l2) = (l1, l2) }

    public init(from json: JSON) throws(ConfigError) {
        let name = json.string ?? json["class_name"]?.string ?? ""
        let options = json["config"] ?? [:]
        let plain = name.lowercased().filter { $0 != "_" }
        func number(_ key: String, _ standard: Double) -> Float { Float(options[key]?.double ?? standard) }
        switch plain {
        case "l1": (l1, l2) = (number("l1", 0.01), 0)
        case "l2": (l1, l2) = (0, number("l2", 0.01))
        case "l1l2":
            (l1, l2) = (
                number("l1", json.string == nil ? 0 : 0.01), number("l2", json.string == nil ? 0 : 0.01)
            )
        default:
            throw ConfigError(
                "there is no regularizer \"\(name.isEmpty ? String(json.text().prefix(60)) : name)\"; "
                    + "known are L1, L2 and L1L2")
        }
    }

    public var json: JSON {
        if l1 == 0 { return ["class_name": "L2", "config": ["l2": .number(Double(l2))]] }
        if l2 == 0 { return ["class_name": "L1", "config": ["l1": .number(Double(l1))]] }
        return ["class_name": "L1L2", "config": ["l1": .number(Double(l1)), "l2": .number(Double(l2))]]
    }

    func penalty(_ weight: Floats) -> Double {
        var (sum, squares) = (0.0, 0.0)
        for i in 0..<weight.count {
            sum += Double(abs(weight[i]))
            squares += Double(weight[i] * weight[i])
        }
        return Double(l1) * sum + Double(l2) * squares
    }

    func addGradient(of weight: Floats, to gradient: Floats, scale: Float = 1) {
        let (l1, l2) = (l1 * scale, l2 * scale)
        for i in 0..<weight.count {
            let w = weight[i]
            gradient[i] += 2 * l2 * w + (w > 0 ? l1 : w < 0 ? -l1 : 0)
        }
    }
}
