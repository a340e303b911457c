import Base

/// The options that all of Keras' optimizers have.
public struct GeneralOptions: Equatable, Sendable {
    /// The learning rate schedule, instead of a constant learning rate.
    public var schedule: LearningRateSchedule?
    /// Keras 2.10's `decay` d: the learning rate is divided by 1 + d · iterations.
    public var decay = 0.0
    /// The maximum norm of each weight's gradient.
    public var clipNorm: Double?
    /// The maximum norm of all gradients together.
    public var globalClipNorm: Double?
    /// The maximum absolute value of each element of a gradient.
    public var clipValue: Double?
    /// Keras 2.11's `weight_decay`: before each step, w −= w · decay · lr.
    public var weightDecay: Double?
    /// True for the formulas of Keras 2.11 and later.
    public var newer = false

    public init() {}

    public var clips: Bool { clipNorm != nil || globalClipNorm != nil || clipValue != nil }
    public var changesRate: Bool { schedule != nil || decay != 0 }

    /// Returns the learning rate in float32, the type of Keras' variables.
    func rate(_ constant: Float, after iterations: Int) -> Float {
        let rate = schedule?.rate(after: iterations) ?? constant
        return decay == 0 ? rate : rate / (1 + Float(decay) * Float(iterations))
    }

    /// Reads `learning_rate` (`lr` in older files) and the other common options.
    ///
    /// - hasDecay: True if `decay` is that of the learning rate. In Nadam it has another meaning.
    static func read(
        _ config: inout LayerConfig, rate standard: Double, weightDecay: Double? = nil, hasDecay: Bool = true
    ) throws(CellarError) -> (learningRate: Double, general: GeneralOptions) {
        var options = GeneralOptions()
        config.ignore("name", "jit_compile", "is_legacy_optimizer", "ema_momentum", "ema_overwrite_frequency")
        config.ignore("learning_rate")
        var rate = try config.double("lr", default: standard, in: 0...1e6)
        if let found = config.object["learning_rate"], found.object != nil {
            do {
                let schedule = try LearningRateSchedule(from: found)
                options.schedule = schedule
                rate = Double(schedule.rate(after: 0))
            } catch {
                throw config.error(error.description, key: "learning_rate")
            }
        } else {
            rate = try config.double("learning_rate", default: rate, in: 0...1e6)
        }
        if hasDecay { options.decay = try config.double("decay", default: 0, in: 0...1e6) }

        func limit(_ key: String) throws(CellarError) -> Double? {
            guard config.value(key) != nil else { return nil }
            let limit = try config.double(key, in: 0...Double(Float.greatestFiniteMagnitude))
            // In Keras, 0 means no limit.
            return limit == 0 ? nil : limit
        }
        options.clipNorm = try limit("clipnorm")
        options.clipValue = try limit("clipvalue")
        options.globalClipNorm = try limit("global_clipnorm")
        if options.clipNorm != nil && options.globalClipNorm != nil {
            throw config.error("clipnorm and global_clipnorm exclude each other", key: "global_clipnorm")
        }
        options.weightDecay =
            config.value("weight_decay") == nil
            ? weightDecay : try config.double("weight_decay", in: 0...1e6)
        if try config.bool("use_ema", default: false) {
            throw config.error("use_ema is not supported", key: "use_ema")
        }
        if let steps = config.value("gradient_accumulation_steps")?.int, steps > 1 {
            throw config.error(
                "gradient_accumulation_steps (\(steps)) is not supported", key: "gradient_accumulation_steps")
        }
        // The loss is multiplied by this factor and the gradients are divided by it, which changes only
        // rounding.
        config.ignore("loss_scale_factor")
        return (rate, options)
    }

    /// The options that are set, with Keras' names. Keras 2.10 rejects unknown keys, so no others are
    /// written.
    public var config: JSONObject {
        var object: JSONObject = [:]
        if decay != 0 { object["decay"] = .number(asFloat(decay)) }
        if let clipNorm { object["clipnorm"] = .number(clipNorm) }
        if let globalClipNorm { object["global_clipnorm"] = .number(globalClipNorm) }
        if let clipValue { object["clipvalue"] = .number(clipValue) }
        if let weightDecay {
            object["weight_decay"] = .number(weightDecay)
            // Without this key, Keras 2.11 and later, the first with this decay, would use 2.10's class.
            object["is_legacy_optimizer"] = false
        }
        return object
    }
}
