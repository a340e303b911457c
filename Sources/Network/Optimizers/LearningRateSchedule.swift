import Glibc
import Base

/// Keras' learning rate schedules: the learning rate of each step, computed in float32 from the number of
/// previous steps.
public struct LearningRateSchedule: Equatable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case exponential = "ExponentialDecay"
        case inverseTime = "InverseTimeDecay"
        case polynomial = "PolynomialDecay"
        case piecewiseConstant = "PiecewiseConstantDecay"
        case cosine = "CosineDecay"
        case cosineRestarts = "CosineDecayRestarts"
    }

    public let kind: Kind
    /// Keras' options of all kinds; a kind uses only its own.
    private var initialRate: Float = 0
    private var steps: Float = 1
    private var rate: Float = 1
    private var isStaircase = false
    private var (endRate, power): (Float, Float) = (0.0001, 1)
    private var isCycle = false
    private var boundaries: [Float] = []
    private var values: [Float] = []
    private var alpha: Float = 0
    private var warmupTarget: Float?
    private var warmupSteps: Float = 0
    private var (timeFactor, heightFactor): (Float, Float) = (2, 1)
    /// The options as they are written to files.
    private var options: JSONObject = [:]

    /// Reads `{"class_name": "ExponentialDecay", "config": {…}}`.
    public init(from json: JSON, strict: Bool = false) throws(CellarError) {
        guard let name = keyword(of: json) else {
            throw CellarError("a schedule is one such as ExponentialDecay, not \(json.kind)")
        }
        guard let kind = Kind(rawValue: name) else {
            let words = Kind.allCases.map(\.rawValue)
            let hint = nearest(name, in: words).map { "; did you mean \($0)?" } ?? ""
            throw CellarError(
                "there is no schedule \"\(name)\"; known are \(words.joined(separator: ", "))\(hint)")
        }
        self.kind = kind
        var config = LayerConfig(className: name, json["config"]?.object ?? [:])
        config.ignore("name")
        try read(&config)
        if strict { try config.rejectUnknownKeys() }
        for (key, value) in config.object.members where !value.isNull { options[key] = value }
        options["name"] = nil
    }

    private mutating func read(_ config: inout LayerConfig) throws(CellarError) {
        func number(_ key: String, _ standard: Double? = nil) throws(CellarError) -> Float {
            let number = Float(try config.double(key, default: standard))
            guard number.isFinite else { throw config.error("\(key) must be finite", key: key) }
            return number
        }
        func positive(_ key: String) throws(CellarError) -> Float {
            let number = try number(key)
            guard number > 0 else { throw config.error("\(key) must be above 0, but is \(number)", key: key) }
            return number
        }
        guard kind != .piecewiseConstant else {
            boundaries = try (config.doubles("boundaries") ?? []).map { Float($0) }
            values = try (config.doubles("values") ?? []).map { Float($0) }
            guard !boundaries.isEmpty, values.count == boundaries.count + 1 else {
                throw config.error(
                    "\(boundaries.count) boundaries need \(boundaries.count + 1) values, but there are \(values.count)",
                    key: "values")
            }
            guard zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw config.error("boundaries must rise", key: "boundaries")
            }
            return
        }
        initialRate = try number("initial_learning_rate")
        steps = try positive(kind == .cosineRestarts ? "first_decay_steps" : "decay_steps")
        switch kind {
        case .exponential, .inverseTime:
            rate = try number("decay_rate")
            isStaircase = try config.bool("staircase", default: false)
        case .polynomial:
            endRate = try number("end_learning_rate", 0.0001)
            power = try number("power", 1)
            isCycle = try config.bool("cycle", default: false)
        case .cosine:
            alpha = try number("alpha", 0)
            warmupTarget = config.value("warmup_target") == nil ? nil : try number("warmup_target")
            warmupSteps = try number("warmup_steps", 0)
        case .cosineRestarts:
            alpha = try number("alpha", 0)
            timeFactor = try number("t_mul", 2)
            heightFactor = try number("m_mul", 1)
            guard timeFactor >= 1 else {
                throw config.error("t_mul must be 1 or more, but is \(timeFactor)", key: "t_mul")
            }
        case .piecewiseConstant: break
        }
    }

    /// Writes Keras 3's form. Keras 2 ignores its additional keys.
    public var json: JSON {
        [
            "module": "keras.optimizers.schedules", "class_name": .string(kind.rawValue),
            "config": .object(options), "registered_name": nil,
        ]
    }

    /// Returns the learning rate after `iterations` steps.
    public func rate(after iterations: Int) -> Float {
        let step = Float(iterations)
        switch kind {
        case .exponential: return initialRate * pow(rate, progress(step))
        case .inverseTime: return initialRate / (1 + rate * progress(step))
        case .polynomial:
            var (now, end) = (step, steps)
            if isCycle { end *= step == 0 ? 1 : (step / steps).rounded(.up) } else { now = min(step, steps) }
            return (initialRate - endRate) * pow(1 - now / end, power) + endRate
        case .piecewiseConstant: return values[boundaries.firstIndex { step <= $0 } ?? boundaries.count]
        case .cosine: return cosine(step)
        case .cosineRestarts: return cosineRestarts(step)
        }
    }

    private func progress(_ step: Float) -> Float {
        let progress = step / steps
        return isStaircase ? progress.rounded(.down) : progress
    }

    private func cosine(_ step: Float) -> Float {
        guard let warmupTarget else { return initialRate * height(min(step, steps) / steps, 1) }
        let now = min(step, steps + warmupSteps)
        if now < warmupSteps { return (warmupTarget - initialRate) * (now / warmupSteps) + initialRate }
        return warmupTarget * height((now - warmupSteps) / steps, 1)
    }

    /// Computes half a cosine wave from `peak` to alpha.
    private func height(_ progress: Float, _ peak: Float) -> Float {
        (1 - alpha) * (0.5 * peak * (1 + cos(Float.pi * progress))) + alpha
    }

    /// Computes a cosine decay with restarts. Each period is `t_mul` times as long as the previous one, and
    /// its peak `m_mul` times as high: Loshchilov and Hutter, "SGDR" (2017).
    private func cosineRestarts(_ step: Float) -> Float {
        var progress = step / steps
        var restarts: Float
        if timeFactor == 1 {
            restarts = progress.rounded(.down)
            progress -= restarts
        } else {
            restarts = (log(1 - progress * (1 - timeFactor)) / log(timeFactor)).rounded(.down)
            let scale = pow(timeFactor, restarts)
            progress = (progress - (1 - scale) / (1 - timeFactor)) / scale
        }
        return initialRate * height(progress, pow(heightFactor, restarts))
    }
}
