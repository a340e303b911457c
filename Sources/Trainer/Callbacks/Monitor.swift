import Base
import Network

/// Which number a callback watches, and which way is better.
public struct Monitor: Equatable, Sendable {
    public enum Mode: String, Sendable, CaseIterable { case auto, min, max }

    public var name: String
    public var wantsMore: Bool

    /// - Parameter autoIsMax: what `auto` stands for with this name; each of Keras' callbacks has a rule of its own.
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

    /// What is worse than everything.
    public var worst: Double { wantsMore ? -.infinity : .infinity }

    /// Strictly better, by more than `delta`. NaN never is.
    public func isBetter(_ value: Double, than best: Double, by delta: Double = 0) -> Bool {
        wantsMore ? value - delta > best : value + delta < best
    }
}
