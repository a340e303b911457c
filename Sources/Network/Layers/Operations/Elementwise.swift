import Glibc
import Base
import Tensors

/// An elementwise function for which Keras has no layer, such as `tf.abs`, `x ** 0.5` or `tf.clip_by_value`.
public struct Elementwise: StatelessLayer {
    public static let className = "Elementwise"
    public var name = "elementwise"
    public var trainable = true
    public var function: Function
    /// The exponent of `power`.
    public var exponent: Double = 1
    /// The lower bound of `clip`.
    public var lowest = -Double.infinity
    public var highest = Double.infinity

    public enum Function: String, CaseIterable, Sendable {
        case abs, sqrt, rsqrt, log, log1p, sin, cos, power, clip
        case geluTanh = "gelu_tanh"
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        let word = try config.string("function", oneOf: Function.allCases.map(\.rawValue))
        function = Function(rawValue: word) ?? .abs
        if function == .power { exponent = try config.double("exponent") }
        if function == .clip {
            lowest = try config.double("lowest", default: lowest)
            highest = try config.double("highest", default: highest)
        }
    }

    public var config: JSONObject {
        var config: JSONObject = ["function": .string(function.rawValue)]
        if function == .power { config["exponent"] = .number(exponent) }
        if lowest.isFinite { config["lowest"] = .number(lowest) }
        if highest.isFinite { config["highest"] = .number(highest) }
        return config
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { try onlyShape(inputs) }

    private func value(_ x: Float) -> Float {
        switch function {
        case .abs: Swift.abs(x)
        case .sqrt: x.squareRoot()
        case .rsqrt: 1 / x.squareRoot()
        case .log: Glibc.log(x)
        case .log1p: Glibc.log1p(x)
        case .sin: Glibc.sin(x)
        case .cos: Glibc.cos(x)
        case .power: pow(x, Float(exponent))
        case .clip: x.isNaN ? x : min(max(x, Float(lowest)), Float(highest))
        case .geluTanh: Activation.geluTanh.value(x)
        }
    }

    private func slope(_ x: Float, _ y: Float) -> Float {
        switch function {
        case .abs: x > 0 ? 1 : x < 0 ? -1 : 0
        case .sqrt: 0.5 / y
        case .rsqrt: -0.5 * y / x
        case .log: 1 / x
        case .log1p: 1 / (1 + x)
        case .sin: Glibc.cos(x)
        case .cos: -Glibc.sin(x)
        case .power: Float(exponent) * pow(x, Float(exponent) - 1)
        case .clip: x < Float(lowest) || x > Float(highest) ? 0 : 1
        case .geluTanh: Activation.geluTanh.slope(x)
        }
    }

    public func forward(_ call: CallMemory) {
        let (x, y) = (call.x(), call.y)
        for i in 0..<x.count { y[i] = value(x[i]) }
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        let (x, y, dy) = (call.x(), call.y, call.dy)
        for i in 0..<x.count { dx[i] = dy[i] * slope(x[i], y[i]) }
    }
}
