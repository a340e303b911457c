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
        /// The limits of sure answers about pictures; nil for a model that was not trained for it, and always answers.
        public var abstention: Abstention?

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

        /// The limits below which a model gives no sure answer about a picture, found on pictures that it was not trained on.
        public struct Abstention: Equatable, Sendable {
            /// The logits are divided by it before they become probabilities.
            public var temperature: Double
            /// An answer with a lower probability is not sure.
            public var minimumConfidence: Double
            /// A picture whose two likeliest classes have a lower probability together shows no digit.
            public var leastDigit: Double
            /// Quantiles (0 %, 1 % … 100 %) of 1 minus the probability of the true class, for sets that contain the true class as
            /// often as asked for.
            public var missing: [Double]

            public init(
                temperature: Double, minimumConfidence: Double, leastDigit: Double, missing: [Double]
            ) {
                (self.temperature, self.minimumConfidence) = (temperature, minimumConfidence)
                (self.leastDigit, self.missing) = (leastDigit, missing)
            }
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
        object["abstention"] = abstention?.json
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
        abstention = json["abstention"].flatMap(Abstention.init)
    }
}

extension ModelFacts.Picture.Abstention {
    var json: JSON {
        [
            "temperature": .number(temperature), "minimum_confidence": .number(minimumConfidence),
            "least_digit": .number(leastDigit), "missing": .array(missing.map { .number($0) }),
        ]
    }

    /// Returns nil for numbers that are none of a model's.
    init?(json: JSON) {
        guard let temperature = json["temperature"]?.double, temperature.isFinite, temperature >= 1e-6,
            let confidence = json["minimum_confidence"]?.double, (0...1).contains(confidence),
            let least = json["least_digit"]?.double, (0...1).contains(least)
        else { return nil }
        self.init(
            temperature: temperature, minimumConfidence: confidence, leastDigit: least,
            missing: json["missing"]?.array?.compactMap(\.double) ?? [])
    }
}
