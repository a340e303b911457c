/// The word of `words` that a misspelt word probably means: "did you mean …?" Nil where none is close.
///
/// Close means: no more than a third of the letters are wrong, left out, added or swapped with a neighbour, and at
/// least one may be. Letter case does not count. Of several equally close words the first is taken.
public func nearest(_ word: String, in words: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased())
    var best: (word: String, distance: Int)?
    for candidate in words {
        let others = Array(candidate.lowercased())
        let most = max(1, max(letters.count, others.count) / 3)
        // In a word of one or two letters a single edit leaves nothing that was meant.
        guard letters == others || min(letters.count, others.count) > 2 else { continue }
        guard abs(letters.count - others.count) <= most else { continue }
        let distance = edits(letters, others)
        if distance <= most, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
}

/// Edits from one word to the other: letters replaced, added, removed, or swapped with a neighbour.
///
/// Source: Damerau (1964) and Levenshtein (1966), in the form that edits no letter twice.
private func edits(_ a: [Character], _ b: [Character]) -> Int {
    // Distances from the first i letters of a, for i - 2, i - 1 and i, to the first j of b.
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1..<a.count + 1 {
        var row = [i]
        for j in 1..<b.count + 1 {
            var least = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                least = min(least, beforeLast[j - 2] + 1)
            }
            row.append(least)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
