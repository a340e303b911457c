import Base
import Tensors

/// The words of a text as indices in a vocabulary: a sequence, or a vector for the whole text.
///
/// With the output mode int, index 0 is padding and 1 an unknown word; with the others, index 0 is an unknown word. The
/// steps are TensorFlow's: only ASCII letters become small, and words end at white space.
public struct TextVectorization: StatelessLayer, TextReader {
    public static let className = "TextVectorization"
    public static let propagatesGradients = false
    public var name = "text_vectorization"
    public var trainable = true
    private let vocabulary: [String]
    private let places: TextPlaces
    private let standardize, split: String?
    private let ngrams: [Int]
    private let ngramsJSON: JSON
    private let length: Int?
    private let maxTokens: Int?
    private let pads: Bool
    private let weights: IDFWeights?
    private var encoding: TokenEncoding

    private static let standardizations = [
        "lower_and_strip_punctuation", "lower", "strip_punctuation",
    ]

    /// Splits into characters; unknown characters and padding after the end have the indices 1 and 0.
    public init(characters: [String], length: Int, name: String) {
        (vocabulary, places) = (characters, TextPlaces(characters))
        (standardize, split, ngrams, ngramsJSON) = (nil, "character", [1], .null)
        (self.length, maxTokens, pads, weights) = (length, nil, false, nil)
        encoding = TokenEncoding(mode: .int, depth: characters.count + 2)
        self.name = name
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        let mode = try config.tokenMode(default: .int, isInt: true, hasWeights: true)
        func word(_ key: String, _ words: [String]) throws(CellarError) -> String? {
            let word = try config.string(key, default: words[0], oneOf: words)
            return config.isNull(key) ? nil : word
        }
        standardize = try word("standardize", Self.standardizations)
        split = try word("split", ["whitespace", "character"])
        ngramsJSON = config.value("ngrams") ?? .null
        let sizes =
            ngramsJSON.int.map { $0 >= 1 ? Array(1...$0) : [] } ?? ngramsJSON.array?.compactMap(\.int) ?? [1]
        guard !sizes.isEmpty, sizes.allSatisfy({ (1...100).contains($0) }) else {
            throw config.error("ngrams must be a number or a list of numbers from 1 to 100", key: "ngrams")
        }
        ngrams = sizes
        length =
            config.object["output_sequence_length"]?.isNull == false
            ? try config.int("output_sequence_length") : nil
        maxTokens = config.object["max_tokens"]?.isNull == false ? try config.int("max_tokens") : nil
        pads = try config.bool("pad_to_max_tokens", default: false) && maxTokens != nil
        if try config.bool("ragged", default: false) {
            throw config.error("gives out ragged tensors, which is not supported", key: "ragged")
        }
        guard mode != .int || length != nil else {
            throw config.error(
                "has no output_sequence_length, so that an answer would depend on the other texts of a batch. Give a length",
                key: "output_sequence_length")
        }
        _ = try config.string("encoding", default: "utf-8", oneOf: ["utf-8", "UTF-8", "utf8"])
        config.ignore("vocabulary_size", "max_tokens", "output_sequence_length")
        guard var words = try config.words("vocabulary") else {
            throw config.error(
                "has no vocabulary: adapt() found it, and an .h5 does not keep it. Save the model as .keras, or give the "
                    + "vocabulary to the constructor", key: "vocabulary")
        }
        let special = mode == .int ? ["", "[UNK]"] : ["[UNK]"]
        if Array(words.prefix(special.count)) == special { words.removeFirst(special.count) }
        guard Set(words.map { Array($0.utf8) }).count == words.count else {
            throw config.error("the vocabulary has a text twice", key: "vocabulary")
        }
        (vocabulary, places) = (words, TextPlaces(words))
        weights = try config.idfWeights(mode, unknown: 1, words: words.count)
        encoding = TokenEncoding(mode: mode, depth: words.count + special.count)
        if pads, let maxTokens { encoding.depth = max(maxTokens, encoding.depth) }
    }

    public var config: JSONObject {
        var config: JSONObject = [
            "dtype": "string", "max_tokens": maxTokens.map { .integer($0) } ?? .null,
            "standardize": standardize.map { .string($0) } ?? .null,
            "split": split.map { .string($0) } ?? .null, "ngrams": ngramsJSON,
            "output_mode": .string(encoding.mode.rawValue),
            "output_sequence_length": length.map { .integer($0) } ?? .null,
            "pad_to_max_tokens": .bool(pads), "vocabulary": .array(vocabulary.map { .string($0) }),
        ]
        if let weights { config["idf_weights"] = weights.json }
        return config
    }

    public var textReader: (any TextReader)? { self }
    public static var adaptedOptions: [String] { ["vocabulary", "idf_weights"] }
    /// Keras looks for them in the layer and in the lookup that it has.
    public var adaptedArrays: [(place: String, values: [Float])] {
        guard let weights else { return [] }
        return ["vars", "_lookup_layer/vars"].map { ("\($0)/idf_weights", weights.numbers) }
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let input = try onlyShape(inputs)
        guard input.reduce(1, *) == 1 else {
            throw CellarError("takes one text a sample, not \(input)", subject: subject)
        }
        let shape = encoding.mode == .int ? [length ?? 1] : [encoding.depth]
        try checkSize(shape, "the output", subject: subject)
        return shape
    }

    public func numbers(of inputs: [Texts], size: Int) -> [Float] {
        let texts = inputs[0]
        let width = encoding.mode == .int ? length ?? 1 : encoding.depth
        var numbers = [Float](repeating: 0, count: texts.count * width)
        for row in 0..<texts.count {
            let words = tokens(of: texts[row])
            let indices = words.map { places.place(of: $0[...]) }
            if encoding.mode == .int {
                for (place, index) in indices.prefix(width).enumerated() {
                    // An empty word is padding.
                    numbers[row * width + place] = words[place].isEmpty ? 0 : Float(index.map { $0 + 2 } ?? 1)
                }
                continue
            }
            // An empty word has no place, as it is padding above.
            for (index, word) in zip(indices, words) where !word.isEmpty {
                let place = row * width + (index.map { $0 + 1 } ?? 0)
                numbers[place] = encoding.mode == .multiHot ? 1 : numbers[place] + 1
            }
            if let weights {
                for (place, weight) in weights.numbers.enumerated() { numbers[row * width + place] *= weight }
            }
        }
        return numbers
    }

    public func tokens(of text: ArraySlice<UInt8>) -> [[UInt8]] {
        var bytes = Array(text)
        if standardize?.hasPrefix("lower") == true {
            for place in bytes.indices where (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[place]) {
                bytes[place] += 32
            }
        }
        if standardize?.hasSuffix("strip_punctuation") == true {
            bytes.removeAll { Self.punctuation.contains($0) }
        }
        let words: [[UInt8]] =
            switch split {
            case "whitespace": bytes.split { $0 == 32 || (9...13).contains($0) }.map { Array($0) }
            case "character":
                String(decoding: bytes, as: UTF8.self).unicodeScalars.map { Array(String($0).utf8) }
            default: [bytes]
            }
        if ngrams == [1] { return words }
        return ngrams.flatMap { size in
            words.count < size
                ? [] : (0...words.count - size).map { Array(words[$0..<$0 + size].joined(separator: [32])) }
        }
    }

    private static let punctuation = Set("!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'".utf8)

    public func forward(_ call: CallMemory) { preconditionFailure("texts are split before the network") }
    public func backward(_ call: CallMemory) { call.dx()?.fill(0) }
}
