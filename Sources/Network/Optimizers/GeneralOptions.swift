import Base

/// The options that every optimizer of Keras has.
public struct GeneralOptions: Equatable, Sendable {
    /// Sets the rate for each step, instead of a constant.
    public var schedule: LearningRateSchedule?
    /// Keras 2.10's `decay` d: the rate is divided by 1 + d · iterations.
    public var decay = 0.0
    /// The largest length of each weight's gradient.
    public var clipNorm: Double?
    /// The largest length of all gradients together.
    public var globalClipNorm: Double?
    /// The largest size of each number of a gradient.
    public var clipValue: Double?
    /// Keras 2.11's `weight_decay`: before each step, w −= w · decay · lr.
    public var weightDecay: Double?
    /// As Keras 2.11 and later compute it.
    public var newer = false

    public init() {}

    public var clips: Bool { clipNorm != nil || globalClipNorm != nil || clipValue != nil }
    public var changesRate: Bool { schedule != nil || decay != 0 }

    /// In float32, as Keras' variables are.
    func rate(_ constant: Float, after iterations: Int) -> Float {
        let rate = schedule?.rate(after: iterations) ?? constant
        return decay == 0 ? rate : rate / (1 + Float(decay) * Float(iterations))
    }

    /// Reads `learning_rate` (or `lr`, as older files call it) and what else is common.
    ///
    /// - hasDecay: `decay` means the rate's; Nadam has another one.
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
            // Keras takes 0 for none.
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
        // It scales the loss and then the gradients back: no more than rounding.
        config.ignore("loss_scale_factor")
        return (rate, options)
    }

    /// What is set, in Keras' words. 2.10 refuses keys that it does not know, so that nothing else may stand there.
    public var config: JSONObject {
        var object: JSONObject = [:]
        if decay != 0 { object["decay"] = .number(asFloat(decay)) }
        if let clipNorm { object["clipnorm"] = .number(clipNorm) }
        if let globalClipNorm { object["global_clipnorm"] = .number(globalClipNorm) }
        if let clipValue { object["clipvalue"] = .number(clipValue) }
        if let weightDecay {
            object["weight_decay"] = .number(weightDecay)
            // Keras 2.11 and later, the first with such a decay, take the class for 2.10's without this.
            object["is_legacy_optimizer"] = false
        }
        return object
    }
}
