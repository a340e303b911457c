import Tensors
import Testing

/// Texts are found by whole words of eight bytes: each length, and each place in memory, is tried against a dictionary.
@Test(arguments: [1, 2, 7, 400])
func findsTextsAsADictionaryDoes(count: Int) {
    var random = SystemRandomNumberGenerator()
    func text() -> String {
        // Few letters and shared beginnings, so that texts differ in one byte or in their length alone.
        let beginning = ["", "region_", "0123456789abcdef"].randomElement(using: &random) ?? ""
        return beginning
            + String((0..<Int.random(in: 0...17, using: &random)).map { _ in "ab\0é".randomElement() ?? "a" })
    }
    for _ in 0..<50 {
        let words = Array(Set((0..<count).map { _ in text() }))
        let places = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0) })
        let list = TextPlaces(words)
        let texts = (words + (0..<count).map { _ in text() }).shuffled(using: &random)
        let expected = texts.map { places[$0] ?? -1 }
        #expect(list.places(of: Texts(texts)) == expected)
        #expect(texts.map { list.place(of: Array($0.utf8)[...]) ?? -1 } == expected)
    }
    #expect(TextPlaces([]).place(of: Array("a".utf8)[...]) == nil)
    #expect(TextPlaces([""]).places(of: Texts(["", "a"])) == [0, -1])
}
