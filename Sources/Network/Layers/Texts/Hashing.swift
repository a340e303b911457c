import Base
import Tensors

/// The bucket of a text, or of the decimal digits of a whole number, by a hash. With a `mask_value`, bucket 0 is for
/// it alone.
public struct Hashing: StatelessLayer, TextReader {
    public static let className = "Hashing"
    public static let propagatesGradients = false
    public var name = "hashing"
    public var trainable = true
    private let bins: Int
    /// The masked value as text.
    private let mask: [UInt8]?
    private let maskJSON: JSON
    private let salt: (UInt64, UInt64)?
    private let saltJSON: JSON
    private var encoding: TokenEncoding

    public init(from config: inout LayerConfig) throws(CellarError) {
        bins = try config.int("num_bins")
        maskJSON = config.value("mask_value") ?? .null
        mask = maskJSON.string.map { Array($0.utf8) } ?? maskJSON.int.map { Array("\($0)".utf8) }
        saltJSON = config.value("salt") ?? .null
        switch (saltJSON.int, saltJSON.array?.map(\.int)) {
        case (let one?, _): salt = (UInt64(bitPattern: Int64(one)), UInt64(bitPattern: Int64(one)))
        case (nil, let pair?):
            guard pair.count == 2, let a = pair[0], let b = pair[1] else {
                throw config.error("salt must be one or two whole numbers", key: "salt")
            }
            salt = (UInt64(bitPattern: Int64(a)), UInt64(bitPattern: Int64(b)))
        default: salt = nil
        }
        let mode = try config.tokenMode(default: .int, isInt: true)
        encoding = TokenEncoding(mode: mode, depth: bins)
    }

    public var config: JSONObject {
        [
            "dtype": encoding.mode == .int ? "int64" : "float32", "num_bins": .integer(bins),
            "salt": saltJSON, "mask_value": maskJSON, "output_mode": .string(encoding.mode.rawValue),
        ]
    }

    public var textReader: (any TextReader)? { self }
    /// Whole numbers are hashed too.
    public var readsNumbersToo: Bool { true }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try encodedShape(encoding, inputs)
    }

    private func bin(_ text: ArraySlice<UInt8>) -> Int {
        if let mask, text.elementsEqual(mask) { return 0 }
        let first = mask == nil || bins == 1 ? 0 : 1
        let hash = salt.map { sipHash(text, key: $0) } ?? fingerprint64(text)
        return first + Int(hash % UInt64(bins - first))
    }

    public func numbers(of inputs: [Texts], size: Int) -> [Float] {
        let texts = inputs[0]
        return encoding.encode((0..<texts.count).map { bin(texts[$0]) }, size: size, weights: nil)
    }

    public func forward(_ call: CallMemory) {
        encoding.write(call) { number, sample in
            guard let whole = wholeNumber(number) else {
                call.fail(sample: sample) { "hashes whole numbers below 2^24, but \($0) has \(number)" }
                return nil
            }
            return bin(Array("\(whole)".utf8)[...])
        }
    }

    public func backward(_ call: CallMemory) { call.dx()?.fill(0) }
}

/// Returns a whole number that a float represents without doubt; nil from 2²⁴ on, where several have one float, and for NaN.
func wholeNumber(_ number: Float) -> Int? {
    abs(number) < 0x1p24 ? Int(number) : nil
}

/// The bucket of a combination of values, one of each input, by a hash.
public struct HashedCrossing: StatelessLayer, TextReader {
    public static let className = "HashedCrossing"
    public static let propagatesGradients = false
    public var name = "hashed_crossing"
    public var trainable = true
    private let bins: Int
    private var encoding: TokenEncoding

    public init(from config: inout LayerConfig) throws(CellarError) {
        bins = try config.int("num_bins")
        let mode = try config.tokenMode(default: .int, isInt: true)
        guard mode == .int || mode == .oneHot else {
            throw config.error("output_mode is int or one_hot", key: "output_mode")
        }
        encoding = TokenEncoding(mode: mode, depth: bins)
    }

    public var config: JSONObject {
        [
            "dtype": encoding.mode == .int ? "int64" : "float32", "num_bins": .integer(bins),
            "output_mode": .string(encoding.mode.rawValue),
        ]
    }

    public var textReader: (any TextReader)? { self }
    public var readsNumbersToo: Bool { true }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try check(count: inputs.count, in: 2...Int.max)
        guard inputs.allSatisfy({ $0 == inputs[0] }), inputs[0].reduce(1, *) == 1 else {
            throw CellarError("crosses inputs of one value each", subject: subject)
        }
        return try encodedShape(encoding, [inputs[0]])
    }

    private func bin(_ hashes: [UInt64]) -> Int {
        Int(hashes.reduce(0xDECA_FCAF_FE) { fingerprintCat64($0, $1) } % UInt64(bins))
    }

    public func numbers(of inputs: [Texts], size: Int) -> [Float] {
        let bins = (0..<inputs[0].count).map { row in bin(inputs.map { fingerprint64($0[row]) }) }
        return encoding.encode(bins, size: size, weights: nil)
    }

    public func forward(_ call: CallMemory) {
        let y = call.y
        y.fill(0)
        for row in 0..<call.rows {
            var hashes: [UInt64] = []
            for input in 0..<call.inputCount {
                guard let whole = wholeNumber(call.x(input)[row]) else {
                    let number = call.x(input)[row]
                    call.fail(sample: row) { "crosses whole numbers below 2^24, but \($0) has \(number)" }
                    return
                }
                hashes.append(UInt64(bitPattern: Int64(whole)))
            }
            let bin = bin(hashes)
            if encoding.mode == .int { y[row] = Float(bin) } else { y[row * bins + bin] = 1 }
        }
    }

    public func backward(_ call: CallMemory) {
        for input in 0..<call.inputCount { call.dx(input)?.fill(0) }
    }
}
