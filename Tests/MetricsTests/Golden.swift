import Foundation

/// Reads the cases of a file that `Golden/make_goldens.py` made.
func golden<Case: Decodable>(_ name: String, of _: Case.Type) throws -> [Case] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
    return try JSONDecoder().decode([Case].self, from: Data(contentsOf: folder.appendingPathComponent(name)))
}

/// A number as Python's repr writes it, which JSON cannot: `nan`.
struct Number: Decodable, CustomStringConvertible {
    let value: Double

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Double(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: text))
        }
        self.value = value
    }

    var description: String { "\(value)" }

    /// Whether the two are one number, NaN included, up to a relative 1e-15.
    func agrees(with found: Double, relative: Double = 1e-15) -> Bool {
        value.isNaN ? found.isNaN : abs(found - value) <= relative * abs(value)
    }
}
