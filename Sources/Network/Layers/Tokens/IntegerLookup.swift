import Base
import Tensors

/// The index of an integer in a vocabulary. Lower indices are reserved for the `mask_token` (index 0, if the
/// output mode is integer) and for `num_oov_indices` buckets of integers that are not in the vocabulary.
public struct IntegerLookup: StatelessLayer {
    public static let className = "IntegerLookup"
    public static let propagatesGradients = false
    public var name = "integer_lookup"
    public var trainable = true
    private let vocabulary: [Int]
    private let places: [Int: Int]
    private let unknownPlaces: Int
    private let maskToken: Int?
    private let unknownToken: Int?
    private var encoding: TokenEncoding
    /// The value in the file; with `pad_to_max_tokens`, it is the size of the vectors.
    private let maxTokens: Int?
    private let pads: Bool

    private static let numbers = -(1 << 53)...(1 << 53)

    public init(from config: inout LayerConfig) throws(CellarError) {
        let mode = try config.tokenMode(default: .int, isInt: true)
        unknownPlaces = try config.int("num_oov_indices", default: 1, in: 0...1 << 20)
        maskToken =
            config.object["mask_token"]?.isNull == false
            ? try config.int("mask_token", in: Self.numbers) : nil
        let unknown = try config.int("oov_token", default: -1, in: Self.numbers)
        unknownToken = config.isNull("oov_token") ? nil : unknown
        maxTokens = config.object["max_tokens"]?.isNull == false ? try config.int("max_tokens") : nil
        pads = try config.bool("pad_to_max_tokens", default: false) && maxTokens != nil
        if try config.bool("invert", default: false) {
            throw config.error("invert is true, which is not supported", key: "invert")
        }
        try config.refuse("idf_weights", "salt")
        if config.value("oov_method") != nil {
            _ = try config.string("oov_method", oneOf: ["floormod"])
        }
        config.ignore("vocabulary_dtype", "vocabulary_size", "mask_token", "max_tokens", "encoding")
        guard var words = try config.ints("vocabulary"), !words.isEmpty else {
            throw config.error(
                "has no vocabulary in its config: adapt() found it, and an .h5 does not keep it. Save the model as .keras, or give the "
                    + "vocabulary to the constructor, then save again", key: "vocabulary")
        }
        // The list may include the reserved entries at the start, as get_vocabulary() returns them.
        let special: [Int?] =
            (mode == .int ? maskToken.map { [$0] } ?? [] : [])
            + Array(repeating: unknownToken, count: unknownPlaces)
        if !special.isEmpty, words.prefix(special.count).map(Optional.some) == special {
            words.removeFirst(special.count)
        }
        guard Set(words).count == words.count else {
            throw config.error("the vocabulary has a number twice", key: "vocabulary")
        }
        vocabulary = words
        let first = (mode == .int && maskToken != nil ? 1 : 0) + unknownPlaces
        places = Dictionary(
            words.enumerated().map { ($1, first + $0) }, uniquingKeysWith: { one, _ in one })
        encoding = TokenEncoding(mode: mode, depth: first + words.count)
        if pads, let maxTokens {
            guard maxTokens >= encoding.depth else {
                throw config.error("max_tokens is less than the vocabulary has", key: "max_tokens")
            }
            encoding.depth = maxTokens
        }
    }

    public var config: JSONObject {
        [
            // Keras requires an integer type if the output is integers.
            "dtype": encoding.mode == .int ? "int64" : "float32",
            "max_tokens": maxTokens.map { .integer($0) } ?? .null,
            "num_oov_indices": .integer(unknownPlaces),
            "mask_token": maskToken.map { .integer($0) } ?? .null,
            "oov_token": unknownToken.map { .integer($0) } ?? .null,
            "vocabulary": .array(vocabulary.map { .integer($0) }),
            "output_mode": .string(encoding.mode.rawValue), "pad_to_max_tokens": .bool(pads),
        ]
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try encodedShape(encoding, inputs)
    }

    /// False for a number that the layer refuses.
    public func takes(_ number: Float) -> Bool {
        guard let token = wholeNumber(number) else { return false }
        return unknownPlaces > 0 || token == maskToken || places[token] != nil
    }

    public func forward(_ call: CallMemory) {
        encoding.write(call) { number, sample in
            guard let token = wholeNumber(number) else {
                call.fail(sample: sample) { "looks up whole numbers below 2^24, but \($0) has \(number)" }
                return nil
            }
            if let maskToken, token == maskToken { return encoding.mode == .int ? 0 : nil }
            if let place = places[token] { return place }
            let first = encoding.mode == .int && maskToken != nil ? 1 : 0
            guard unknownPlaces > 0 else {
                call.fail(sample: sample) {
                    "has no place for numbers out of the vocabulary (num_oov_indices is 0), but \($0) has \(token)"
                }
                return nil
            }
            return first + (token % unknownPlaces + unknownPlaces) % unknownPlaces
        }
    }

    public func backward(_ call: CallMemory) { call.dx()?.fill(0) }
}
