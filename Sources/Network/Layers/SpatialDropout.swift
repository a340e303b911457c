import Base
import Tensors

/// Drops whole channels (Tompson et al., 2014): all positions of a channel share one random draw.
protocol SpatialDropout: DroppingLayer {
    static var spatialAxes: Int { get }
    var rate: Double { get set }
    var channelsFirst: Bool { get set }
    init()
}

extension SpatialDropout {
    public init(from config: inout LayerConfig) throws(CellarError) {
        self.init()
        rate = try config.double("rate", in: 0...1)
        if Self.spatialAxes > 1 {
            let format = try config.string(
                "data_format", default: "channels_last", oneOf: ["channels_last", "channels_first"])
            channelsFirst = format == "channels_first"
        }
        // Keras 2 writes the noise_shape that it inherits, but does not use it.
        config.ignore("noise_shape", "seed")
    }

    public var config: JSONObject {
        var config: JSONObject = ["rate": .number(rate), "seed": .null]
        if channelsFirst { config["data_format"] = "channels_first" }
        return config
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        guard shape.count == Self.spatialAxes + 1 else {
            throw CellarError(
                "needs an input of \(Self.spatialAxes + 1) axes after the batch, but \(shape) has "
                    + "\(shape.count)", subject: subject)
        }
        return shape
    }

    func noise(_ shape: [Int]) -> NoiseShape {
        let shared: [Int?] = Array(repeating: 1, count: Self.spatialAxes)
        return NoiseShape(channelsFirst ? [nil, nil] + shared : [nil] + shared + [nil], shape)
    }
}

/// Drops channels of [steps, channels].
public struct SpatialDropout1D: SpatialDropout {
    public static let className = "SpatialDropout1D"
    static let spatialAxes = 1
    public var name = "spatial_dropout1d"
    public var trainable = true
    public var rate = 0.0
    public var channelsFirst = false
    public init() {}
}

/// Drops channels of [rows, columns, channels], or with channels first.
public struct SpatialDropout2D: SpatialDropout {
    public static let className = "SpatialDropout2D"
    static let spatialAxes = 2
    public var name = "spatial_dropout2d"
    public var trainable = true
    public var rate = 0.0
    public var channelsFirst = false
    public init() {}
}

/// Drops channels of [depth, rows, columns, channels], or with channels first.
public struct SpatialDropout3D: SpatialDropout {
    public static let className = "SpatialDropout3D"
    static let spatialAxes = 3
    public var name = "spatial_dropout3d"
    public var trainable = true
    public var rate = 0.0
    public var channelsFirst = false
    public init() {}
}
