import Base

/// Reads the options of a layer, an optimizer or a similar object from JSON with Keras' names, for model
/// files and recipes. A recipe also calls `rejectUnknownKeys`, while a file may contain unknown keys.
public struct LayerConfig {
    public let className: String
    public let object: JSONObject
    private var known: [String] = []
    /// True if a null is as if the option were absent: in a recipe's own sections, where nothing stands after the colon.
    private let nullIsAbsent: Bool

    public init(className: String, _ object: JSONObject, nullIsAbsent: Bool = false) {
        (self.className, self.object, self.nullIsAbsent) = (className, object, nullIsAbsent)
    }

    /// The class and name for messages, such as `Dense "hiddenLayer1"`.
    public var subject: String { object["name"]?.string.map { "\(className) \"\($0)\"" } ?? className }

    public func error(_ message: String, key: String? = nil) -> CellarError {
        CellarError(message, subject: subject, key: key)
    }

    /// Returns the raw value. A null counts as absent.
    public mutating func value(_ key: String) -> JSON? {
        known.append(key)
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    /// Returns true for a null that is written, which with some options of Keras means another thing than the default.
    public func isNull(_ key: String) -> Bool { object[key]?.isNull == true }

    /// Rejects a null that is written where Keras has it as a value of its own.
    public func refuseNull(_ key: String, _ meaning: String) throws(CellarError) {
        if isNull(key) { throw error("\(key) is null: \(meaning)", key: key) }
    }

    private func wrong(_ key: String, _ expected: String, _ found: JSON) -> CellarError {
        error("\(key) must be \(expected), but is \(found.kind) (\(found.text().prefix(60)))", key: key)
    }

    /// Reads an integer. Without a default, it is required.
    public mutating func int(
        _ key: String, default standard: Int? = nil, in range: ClosedRange<Int> = 1...Int(Int32.max)
    ) throws(CellarError) -> Int {
        guard let found = value(key) else {
            guard let standard else { throw error("\(key) is missing", key: key) }
            return standard
        }
        guard let int = found.int else { throw wrong(key, "a whole number", found) }
        guard range.contains(int) else {
            throw error(
                "\(key) must be from \(range.lowerBound) to \(range.upperBound), but is \(int)", key: key)
        }
        return int
    }

    public mutating func double(
        _ key: String, default standard: Double? = nil, in range: ClosedRange<Double>? = nil
    ) throws(CellarError) -> Double {
        guard let found = value(key) else {
            guard let standard else { throw error("\(key) is missing", key: key) }
            return standard
        }
        guard let number = found.double else { throw wrong(key, "a number", found) }
        if let range, !range.contains(number) {
            throw error(
                "\(key) must be from \(range.lowerBound) to \(range.upperBound), but is \(number)", key: key)
        }
        return number
    }

    /// Reads true or false. A null is false, whatever the default is, as Python has it.
    public mutating func bool(_ key: String, default standard: Bool) throws(CellarError) -> Bool {
        guard let found = value(key) else { return standard && (nullIsAbsent || !isNull(key)) }
        // JSON from Python has true and false; old files also have 0 and 1.
        guard let bool = found.bool ?? found.int.map({ $0 != 0 }) else {
            throw wrong(key, "true or false", found)
        }
        return bool
    }

    public mutating func string(
        _ key: String, default standard: String? = nil, oneOf words: [String]? = nil
    ) throws(CellarError) -> String {
        guard let found = value(key) else {
            guard let standard else { throw error("\(key) is missing", key: key) }
            return standard
        }
        guard let string = found.string else { throw wrong(key, "a word", found) }
        if let words, !words.contains(string) {
            let hint = nearest(string, in: words).map { "; did you mean \($0)?" } ?? ""
            throw error(
                "\(key) is \"\(string)\"; known are \(words.joined(separator: ", "))\(hint)", key: key)
        }
        return string
    }

    /// Reads a list of numbers. A single number counts as a list of one.
    public mutating func doubles(_ key: String) throws(CellarError) -> [Double]? {
        guard let found = value(key) else { return nil }
        guard let list = flattened(found) else { throw wrong(key, "a number or a list of numbers", found) }
        return list
    }

    /// Reads a list of integers. A single integer counts as a list of one.
    public mutating func ints(_ key: String) throws(CellarError) -> [Int]? {
        guard let found = value(key) else { return nil }
        let items = found.array ?? [found]
        let ints = items.compactMap(\.int)
        guard ints.count == items.count else { throw wrong(key, "a list of whole numbers", found) }
        return ints
    }

    /// Reads a shape that starts with the batch, such as `[null, 28, 28]`, and returns it without the batch;
    /// nil if it is absent.
    public mutating func batchShape(_ key: String) throws(CellarError) -> SampleShape? {
        guard let found = value(key) else { return nil }
        guard let sizes = found.array, let first = sizes.first, first.isNull || first.int != nil else {
            throw wrong(key, "a shape such as [null, 28, 28]", found)
        }
        var shape = SampleShape([])
        for size in sizes.dropFirst() {
            if size.isNull {
                shape.addFree()
            } else if let size = size.int, size > 0, size <= Int(Int32.max) {
                shape.sizes.append(size)
            } else {
                throw error("\(key) is \(found.text()); sizes must be whole numbers or null", key: key)
            }
        }
        guard shape.sizes.reduce(1.0, { $0 * Double($1) }) <= 0x1p31 else {
            throw error("\(key) is \(found.text()): more numbers than a sample can have", key: key)
        }
        return shape
    }

    public mutating func activation(_ key: String = "activation") throws(CellarError) -> Activation {
        guard let found = value(key) else { return .linear }
        do {
            return try Activation(from: found)
        } catch {
            throw self.error(error.message, key: key)
        }
    }

    public mutating func initializer(_ key: String, default standard: Initializer) throws(CellarError)
        -> Initializer
    {
        // Keras draws a weight whose initializer is null as it draws a kernel.
        guard let found = value(key) else { return isNull(key) ? .glorotUniform : standard }
        do {
            return try Initializer(from: found)
        } catch {
            throw self.error(error.message, key: key)
        }
    }

    public mutating func regularizer(_ key: String) throws(CellarError) -> Regularizer? {
        guard let found = value(key) else { return nil }
        do {
            return try Regularizer(from: found)
        } catch {
            throw self.error(error.message, key: key)
        }
    }

    /// Rejects options that change training and are not supported, instead of ignoring them.
    public mutating func refuse(_ keys: String...) throws(CellarError) {
        for key in keys {
            if let found = value(key) {
                throw error("\(key) (\(found.text().prefix(80))) is not supported", key: key)
            }
        }
    }

    /// Accepts keys that Keras writes and that have no meaning here.
    public mutating func ignore(_ keys: String...) { known += keys }
    public mutating func ignore(_ keys: [String]) { known += keys }

    /// Rejects keys that were never read, which are mistakes in a recipe.
    public func rejectUnknownKeys() throws(CellarError) {
        for key in object.keys where !known.contains(key) {
            let hint = nearest(key, in: known).map { "; did you mean \($0)?" } ?? ""
            throw error("there is no option \"\(key)\"\(hint)", key: key)
        }
    }
}

/// Returns all numbers of a number or of nested lists, in order.
private func flattened(_ json: JSON) -> [Double]? {
    if let number = json.double { return [number] }
    guard let items = json.array else { return nil }
    var all: [Double] = []
    for item in items {
        guard let inner = flattened(item) else { return nil }
        all += inner
    }
    return all
}
