import Base

/// Keras' options of one weight: initializer, regularizer and constraint.
public struct WeightOptions: Equatable, Sendable {
    public var initializer: Initializer
    public var regularizer: Regularizer?
    public var constraint: Constraint?

    public init(_ initializer: Initializer, regularizer: Regularizer? = nil, constraint: Constraint? = nil) {
        (self.initializer, self.regularizer, self.constraint) = (initializer, regularizer, constraint)
    }

    public func spec(_ name: String, shape: [Int]) -> WeightSpec {
        WeightSpec(
            name, shape: shape, initializer: initializer, regularizer: regularizer, constraint: constraint)
    }

    /// Writes `kernel_initializer`, `kernel_regularizer` and `kernel_constraint`, for the name `kernel`.
    public func write(_ name: String, to config: inout JSONObject) {
        config["\(name)_initializer"] = initializer.json
        config["\(name)_regularizer"] = regularizer?.json ?? .null
        config["\(name)_constraint"] = constraint?.json ?? .null
    }
}

extension LayerConfig {
    /// Reads `kernel_initializer`, `kernel_regularizer` and `kernel_constraint`, for the name `kernel`.
    public mutating func weight(_ name: String, initializer: Initializer) throws(CellarError) -> WeightOptions
    {
        WeightOptions(
            try self.initializer("\(name)_initializer", default: initializer),
            regularizer: try regularizer("\(name)_regularizer"),
            constraint: try constraint("\(name)_constraint"))
    }

    public mutating func constraint(_ key: String) throws(CellarError) -> Constraint? {
        guard let found = value(key) else { return nil }
        do {
            return try Constraint(from: found)
        } catch {
            throw self.error(error.message, key: key)
        }
    }
}
