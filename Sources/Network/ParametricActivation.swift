import Glibc
import Base
import Tensors

/// Elementwise functions that Keras has as layers with options. They can also be the activation of another
/// layer: `Dense(4, activation=LeakyReLU(0.1))`.
public enum ParametricActivation: Hashable, Sendable {
    /// x above the threshold, at most `highest`; slope · (x − threshold) elsewhere.
    case relu(highest: Double?, slope: Double, threshold: Double)
    /// x above 0, alpha · x elsewhere.
    case leakyReLU(alpha: Double)
    /// x above 0, alpha · (eˣ − 1) elsewhere.
    case elu(alpha: Double)
    /// x above theta, 0 elsewhere.
    case thresholdedReLU(theta: Double)

    static let classNames = ["ReLU", "LeakyReLU", "ELU", "ThresholdedReLU"]

    /// Reads the options of one of these classes.
    init?(className: String, from config: inout LayerConfig) throws(CellarError) {
        let positive = 0...Double.greatestFiniteMagnitude
        switch className {
        case "ReLU":
            self = .relu(
                highest: config.value("max_value") == nil
                    ? nil : try config.double("max_value", in: 0...Double.infinity),
                slope: try config.double("negative_slope", default: 0, in: positive),
                threshold: try config.double("threshold", default: 0, in: positive))
        case "LeakyReLU":
            // Keras 3's name, which was not converted because the object is the activation of another layer.
            let newer = config.value("negative_slope") != nil
            self = .leakyReLU(alpha: try config.double(newer ? "negative_slope" : "alpha", default: 0.3))
            config.ignore("alpha")
        case "ELU": self = .elu(alpha: try config.double("alpha", default: 1))
        case "ThresholdedReLU":
            self = .thresholdedReLU(theta: try config.double("theta", default: 1, in: positive))
        default: return nil
        }
    }

    var className: String {
        switch self {
        case .relu: "ReLU"
        case .leakyReLU: "LeakyReLU"
        case .elu: "ELU"
        case .thresholdedReLU: "ThresholdedReLU"
        }
    }

    /// Keras' options of the class.
    var config: JSONObject {
        switch self {
        case .relu(let highest, let slope, let threshold):
            [
                "max_value": highest.map { .number($0) } ?? .null, "negative_slope": .number(slope),
                "threshold": .number(threshold),
            ]
        case .leakyReLU(let alpha), .elu(let alpha): ["alpha": .number(alpha)]
        case .thresholdedReLU(let theta): ["theta": .number(theta)]
        }
    }

    /// The object of a layer that is another layer's activation, in the only form that Keras 2 and 3 both
    /// read.
    var json: JSON {
        // Keras 3 has no ThresholdedReLU, but every ReLU can express it.
        if case .thresholdedReLU(let theta) = self {
            return Self.relu(highest: nil, slope: 0, threshold: theta).json
        }
        var options: JSONObject = [
            "name": .string(className.lowercased()), "trainable": true, "dtype": "float32",
        ]
        for (key, value) in config.members { options[key] = value }
        return [
            "module": "keras.layers", "class_name": .string(className), "config": .object(options),
            "registered_name": nil,
        ]
    }

    /// The parameters as a rectifier; nil for ELU.
    private var rectifier: (slope: Float, threshold: Float, highest: Float)? {
        switch self {
        case .relu(let highest, let slope, let threshold):
            (Float(slope), Float(threshold), highest.map { Float($0) } ?? .infinity)
        case .leakyReLU(let alpha): (Float(alpha), 0, .infinity)
        case .thresholdedReLU(let theta): (0, Float(theta), .infinity)
        case .elu: nil
        }
    }

    /// Computes y = f(z); y may be z.
    func forward(_ z: Floats, into y: Floats) {
        guard let (slope, threshold, highest) = rectifier else {
            for i in 0..<z.count { y[i] = value(z[i]) }
            return
        }
        rectify(z, slope: slope, threshold: threshold, highest: highest, into: y)
    }

    /// Computes dz = f'(z) · dy; dz may be dy.
    func backward(_ dy: Floats, z: Floats, into dz: Floats) {
        guard let (slope, threshold, highest) = rectifier else {
            for i in 0..<z.count { dz[i] = dy[i] * self.slope(z[i]) }
            return
        }
        rectifyBackward(dy, x: z, slope: slope, threshold: threshold, highest: highest, into: dz)
    }

    func value(_ x: Float) -> Float {
        if case .elu(let alpha) = self { return x > 0 ? x : Float(alpha) * expm1(x) }
        guard let (slope, threshold, highest) = rectifier else { return x }
        return x > threshold ? min(x, highest) : slope == 0 ? 0 : slope * (x - threshold)
    }

    func slope(_ x: Float) -> Float {
        if case .elu(let alpha) = self { return x > 0 ? 1 : Float(alpha) * exp(x) }
        guard let (slope, threshold, highest) = rectifier else { return 1 }
        return x > threshold ? (x < highest ? 1 : 0) : slope
    }
}
