import Base
import Tensors

/// The index of a text in a vocabulary. Lower indices are reserved for the `mask_token` (index 0, if the output mode
/// is integer) and for `num_oov_indices` buckets of texts that are not in the vocabulary.
public struct StringLookup: StatelessLayer, TextReader {
    public static let className = "StringLookup"
    public static let propagatesGradients = false
    public var name = "string_lookup"
    public var trainable = true
    public let vocabulary: [String]
    private let places: TextPlaces
    public let unknownPlaces: Int
    public let maskToken: String?
    private let unknownToken: String?
    private let weights: IDFWeights?
    var encoding: TokenEncoding
    /// The value in the file; with `pad_to_max_tokens`, it is the size of the vectors.
    private let maxTokens: Int?
    private let pads: Bool

    /// - hasUnknown: False refuses texts that are not in the vocabulary.
    public init(vocabulary: [String], hasUnknown: Bool = true, name: String) {
        self.init(vocabulary, unknownPlaces: hasUnknown ? 1 : 0, name: name)
    }

    /// Returns a word for unknown texts that is not in the vocabulary, which Keras would not accept there.
    private static func unknownToken(besides vocabulary: [String]) -> String {
        var token = "[UNK]"
        while vocabulary.contains(token) { token = "[\(token)]" }
        return token
    }

    private init(_ vocabulary: [String], unknownPlaces: Int, name: String) {
        (self.vocabulary, places, self.unknownPlaces) = (vocabulary, TextPlaces(vocabulary), unknownPlaces)
        unknownToken = Self.unknownToken(besides: vocabulary)
        (maskToken, maxTokens, pads, weights) = (nil, nil, false, nil)
        encoding = TokenEncoding(mode: .int, depth: vocabulary.count + unknownPlaces)
        self.name = name
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        let mode = try config.tokenMode(default: .int, isInt: true, hasWeights: true)
        unknownPlaces = try config.int("num_oov_indices", default: 1, in: 0...1 << 20)
        maskToken = config.value("mask_token")?.string
        let unknown = try config.string("oov_token", default: "[UNK]")
        unknownToken = config.isNull("oov_token") ? nil : unknown
        maxTokens = config.object["max_tokens"]?.isNull == false ? try config.int("max_tokens") : nil
        pads = try config.bool("pad_to_max_tokens", default: false) && maxTokens != nil
        if try config.bool("invert", default: false) {
            throw config.error("invert is true: it gives texts out, which is not supported", key: "invert")
        }
        try config.refuse("salt")
        _ = try config.string("encoding", default: "utf-8", oneOf: ["utf-8", "UTF-8", "utf8"])
        if config.value("oov_method") != nil {
            _ = try config.string("oov_method", oneOf: ["floormod"])
        }
        config.ignore("vocabulary_dtype", "vocabulary_size", "max_tokens")
        guard var words = try config.words("vocabulary") else {
            throw config.error(
                "has no vocabulary: adapt() found it, and an .h5 does not keep it. Save the model as .keras, or give the "
                    + "vocabulary to the constructor", key: "vocabulary")
        }
        let special: [String?] =
            (mode == .int ? maskToken.map { [$0] } ?? [] : [])
            + Array(repeating: unknownToken, count: unknownPlaces)
        if !special.isEmpty, words.prefix(special.count).map(Optional.some) == special {
            words.removeFirst(special.count)
        }
        guard Set(words.map { Array($0.utf8) }).count == words.count else {
            throw config.error("the vocabulary has a text twice", key: "vocabulary")
        }
        (vocabulary, places) = (words, TextPlaces(words))
        let first = (mode == .int && maskToken != nil ? 1 : 0) + unknownPlaces
        encoding = TokenEncoding(mode: mode, depth: first + words.count)
        weights = try config.idfWeights(mode, unknown: unknownPlaces, words: words.count)
        if pads, let maxTokens {
            guard maxTokens >= encoding.depth else {
                throw config.error("max_tokens is less than the vocabulary has", key: "max_tokens")
            }
            encoding.depth = maxTokens
        }
    }

    public var config: JSONObject {
        var config: JSONObject = [
            // Keras requires an integer type if the output is integers.
            "dtype": encoding.mode == .int ? "int64" : "float32",
            "max_tokens": maxTokens.map { .integer($0) } ?? .null,
            "num_oov_indices": .integer(unknownPlaces),
            "mask_token": maskToken.map { .string($0) } ?? .null,
            "oov_token": unknownToken.map { .string($0) } ?? .null,
            "vocabulary": .array(vocabulary.map { .string($0) }),
            "output_mode": .string(encoding.mode.rawValue), "pad_to_max_tokens": .bool(pads),
        ]
        if let weights { config["idf_weights"] = weights.json }
        return config
    }

    /// The weight of each index with the output mode tf_idf.
    public var idfWeights: [Float]? { weights?.numbers }
    public var textReader: (any TextReader)? { self }
    public static var adaptedOptions: [String] { ["vocabulary", "idf_weights"] }
    public var adaptedArrays: [(place: String, values: [Float])] {
        weights.map { [("vars/idf_weights", $0.numbers)] } ?? []
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try encodedShape(encoding, inputs)
    }

    /// Returns the place of a text in the vocabulary; nil if it is not there.
    public func place(of text: String) -> Int? { places.place(of: text.utf8.span) }

    /// False for a text that the layer refuses.
    public func takes(_ text: ArraySlice<UInt8>) -> Bool {
        unknownPlaces > 0 || maskToken.map { text.elementsEqual($0.utf8) } ?? false
            || places.place(of: text) != nil
    }

    /// Returns the index of a text; nil if it has none.
    private func index(_ text: ArraySlice<UInt8>) throws(CellarError) -> Int? {
        let isInt = encoding.mode == .int
        if let maskToken, text.elementsEqual(maskToken.utf8) { return isInt ? 0 : nil }
        let first = isInt && maskToken != nil ? 1 : 0
        if let place = places.place(of: text) { return first + unknownPlaces + place }
        guard unknownPlaces > 0 else {
            throw CellarError(
                .badData,
                "\(subject) has no place for texts out of its vocabulary (num_oov_indices is 0), but a row has "
                    + "\"\(String(decoding: text.prefix(60), as: UTF8.self))\".")
        }
        // One bucket needs no hash.
        return first + (unknownPlaces == 1 ? 0 : Int(fingerprint64(text) % UInt64(unknownPlaces)))
    }

    public func numbers(of inputs: [Texts], size: Int) throws(CellarError) -> [Float] {
        let texts = inputs[0]
        var indices = places.places(of: texts)
        for row in indices.indices {
            if maskToken == nil, indices[row] >= 0 {
                indices[row] += unknownPlaces
            } else {
                indices[row] = try index(texts[row]) ?? -1
            }
        }
        return encoding.encode(indices, size: size, weights: weights?.numbers)
    }

    public func forward(_ call: CallMemory) { preconditionFailure("texts are looked up before the network") }
    public func backward(_ call: CallMemory) { call.dx()?.fill(0) }
}

/// The inverse document frequencies of a vocabulary, for `output_mode` tf_idf.
struct IDFWeights: Sendable {
    /// One for each index, with those of unknown words first.
    var numbers: [Float]
    /// The option in the file.
    var json: JSON
}

extension LayerConfig {
    /// Reads `idf_weights`: one number for each word of the vocabulary. Unknown words have their mean, as in Keras.
    mutating func idfWeights(_ mode: TokenEncoding.Mode, unknown: Int, words: Int) throws(CellarError)
        -> IDFWeights?
    {
        let given = try doubles("idf_weights")
        guard mode == .tfIdf else { return nil }
        guard let given, given.count == words || given.count == words + unknown, !given.isEmpty else {
            throw error(
                "has the output mode tf_idf, but no idf_weights for its \(words) words", key: "idf_weights")
        }
        var numbers = given.map { Float($0) }
        if given.count == words {
            let mean = numbers.reduce(0, +) / Float(numbers.count)
            numbers = Array(repeating: mean, count: unknown) + numbers
        }
        return IDFWeights(
            numbers: numbers,
            json: .array(numbers.dropFirst(numbers.count - words).map { .number(Double($0)) }))
    }

    /// Reads a list of texts; nil if it is absent or empty.
    mutating func words(_ key: String) throws(CellarError) -> [String]? {
        guard let found = value(key)?.array, !found.isEmpty else { return nil }
        let words = found.compactMap(\.string)
        guard words.count == found.count else {
            throw error("\(key) must be a list of texts", key: key)
        }
        return words
    }
}
