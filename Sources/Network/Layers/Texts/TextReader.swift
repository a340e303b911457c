import Base
import Tensors

/// A layer that turns texts into numbers. A network computes with numbers only: `TextFront` calls these layers
/// before it.
public protocol TextReader: Sendable {
    /// Returns the numbers of all rows. `inputs` has the texts of each input, `size` of them in a row.
    func numbers(of inputs: [Texts], size: Int) throws(CellarError) -> [Float]
    /// Returns the words of a text, as the reader splits it.
    func tokens(of text: ArraySlice<UInt8>) -> [[UInt8]]
}

extension TextReader {
    public func tokens(of text: ArraySlice<UInt8>) -> [[UInt8]] { [Array(text)] }
}

/// Finds texts in a list by their bytes, without making strings.
struct TextPlaces: Sendable {
    private let words: Texts
    /// Places in `words` by hash, with linear probing; -1 is free.
    private let table: [Int32]
    private let mask: Int

    /// - words: Distinct texts.
    init(_ words: [String]) {
        self.words = Texts(words)
        var size = 4
        while size < 2 * words.count { size *= 2 }
        mask = size - 1
        var table = [Int32](repeating: -1, count: size)
        for index in 0..<self.words.count {
            var place = TextPlaces.hash(self.words[index].span) & mask
            while table[place] >= 0 { place = (place + 1) & mask }
            table[place] = Int32(index)
        }
        self.table = table
    }

    /// Eight bytes at a time: a multiplication for each byte would take longer than the rest of a lookup.
    private static func hash(_ text: Span<UInt8>) -> Int {
        var (hash, word, shift) = (UInt64(text.count), UInt64(0), UInt64(0))
        for index in text.indices {
            word |= UInt64(text[index]) &<< shift
            shift += 8
            if shift == 64 {
                hash = mixed(hash ^ word)
                (word, shift) = (0, 0)
            }
        }
        return Int(truncatingIfNeeded: mixed(hash ^ word))
    }

    private static func mixed(_ word: UInt64) -> UInt64 {
        let product = word &* 0x9e37_79b9_7f4a_7c15
        return product ^ (product >> 32)
    }

    /// Returns the place of a text in the list; nil if it is not there.
    func place(of text: ArraySlice<UInt8>) -> Int? { place(of: text.span) }

    func place(of text: Span<UInt8>) -> Int? {
        let (bytes, ends) = (words.bytes.span, words.ends.span)
        var place = TextPlaces.hash(text) & mask
        while table[place] >= 0 {
            let index = Int(table[place])
            let start = index == 0 ? 0 : ends[index - 1]
            if ends[index] - start == text.count {
                var same = 0
                while same < text.count, bytes[start + same] == text[same] { same += 1 }
                if same == text.count { return index }
            }
            place = (place + 1) & mask
        }
        return nil
    }
}
