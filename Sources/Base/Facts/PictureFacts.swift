extension ModelFacts {
    /// The conversion of a picture to the model's input, in training and in inference.
    public struct Picture: Equatable, Sendable {
        public var height, width, channels: Int
        /// True if ink is brighter than the background, as in MNIST.
        public var inkIsBright: Bool
        /// Nil in files written before this key existed.
        public var framing: Framing?
        /// The method that resizes a picture of another size; nil if pictures must have the model's size.
        public var resampling: ResizeMethod?
        /// The value of a white pixel.
        public var white: Float

        public enum Framing: String, CaseIterable, Sendable {
            /// The ink of a digit is found, scaled and centred as in MNIST.
            case digit
            /// The pixels are used as they are.
            case pixels
        }

        public enum ResizeMethod: String, Sendable {
            /// Interpolates between the four nearest pixels without antialiasing, as Keras' `image_dataset_from_directory`.
            case bilinear
        }

        public init(
            height: Int, width: Int, channels: Int = 1, inkIsBright: Bool, framing: Framing? = nil,
            resampling: ResizeMethod? = nil, white: Float = 255
        ) {
            (self.height, self.width, self.channels) = (height, width, channels)
            (self.inkIsBright, self.framing, self.resampling) = (inkIsBright, framing, resampling)
            self.white = white
        }
    }
}

extension ModelFacts.Picture {
    /// The form in words, such as "28×28, grey, framed as a digit (bright ink on dark)".
    public var description: String {
        let size =
            "\(width)×\(height), \(channels == 1 ? "grey" : channels == 3 ? "colour" : "\(channels) channels")"
        let scale = white == 255 ? "" : ", white is \(white)"
        switch framing {
        case .digit:
            return size + ", framed as a digit (\(inkIsBright ? "bright ink on dark" : "dark ink on bright"))"
                + scale
        case .pixels, nil:
            return size + (resampling == nil ? ", as they are" : ", resized (bilinear)") + scale
        }
    }
}

extension ModelFacts.Picture {
    public var json: JSON {
        var object: JSONObject = [
            "height": .integer(height), "width": .integer(width), "channels": .integer(channels),
            "ink_is_bright": .bool(inkIsBright),
        ]
        object["framing"] = framing.map { .string($0.rawValue) }
        object["resampling"] = resampling.map { .string($0.rawValue) }
        if white != 255 { object["white"] = .number(Double(white)) }
        return .object(object)
    }

    /// Returns nil for sizes that no picture has.
    init?(json: JSON) {
        guard let height = json["height"]?.int, let width = json["width"]?.int else { return nil }
        let channels = json["channels"]?.int ?? 1
        guard [height, width, channels].allSatisfy((1...1 << 16).contains) else { return nil }
        self.init(
            height: height, width: width, channels: channels,
            inkIsBright: json["ink_is_bright"]?.bool ?? true,
            framing: json["framing"]?.string.flatMap(Framing.init),
            resampling: json["resampling"]?.string.flatMap(ResizeMethod.init))
        if let white = json["white"]?.double.map({ Float($0) }), white.isFinite, white > 0 {
            self.white = white
        }
    }
}
