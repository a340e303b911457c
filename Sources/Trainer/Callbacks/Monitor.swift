import Base
import Network

/// The metric that a callback monitors, and the direction of improvement.
public struct Monitor: Equatable, Sendable {
    public enum Mode: String, Sendable, CaseIterable { case auto, min, max }

    public var name: String
    public var wantsMore: Bool

    /// - Parameter autoIsMax: Whether `auto` means `max` for a name; each of Keras' callbacks has its own rule.
    public init(_ name: String, mode: Mode = .auto, autoIsMax: (String) -> Bool) {
        self.name = name
        wantsMore = mode == .max || mode == .auto && autoIsMax(name)
    }

    init(
        from options: inout LayerConfig, _ names: LogNames, autoIsMax: (String) -> Bool
    ) throws(CellarError) {
        let name = try names.monitor(&options)
        let mode = try options.string("mode", default: "auto", oneOf: Mode.allCases.map(\.rawValue))
        self.init(name, mode: Mode(rawValue: mode) ?? .auto, autoIsMax: autoIsMax)
    }

    /// The worst possible value.
    public var worst: Double { wantsMore ? -.infinity : .infinity }

    /// Returns true if the value is better by more than `delta`. NaN is never better.
    public func isBetter(_ value: Double, than best: Double, by delta: Double = 0) -> Bool {
        wantsMore ? value - delta > best : value + delta < best
    }
}
