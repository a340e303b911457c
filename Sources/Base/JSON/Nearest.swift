/// Returns the word of `words` that is most similar to a misspelled one, or nil if none is similar: at most a
/// third of the letters (but at least one) may be wrong, missing, added or transposed. Ignores case.
///
/// Source: the distance of Damerau (1964) and Levenshtein (1966), in its restricted form.
public func nearest(_ word: String, in words: some Sequence<String>) -> String? {
    let wanted = Array(word.lowercased().unicodeScalars)
    // The distance takes quadratic time; longer texts are not misspelled words.
    guard wanted.count <= 100 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in words {
        let letters = Array(candidate.lowercased().unicodeScalars)
        guard letters.count <= 100 else { continue }
        let distance = editDistance(wanted, letters)
        guard distance <= max(1, max(wanted.count, letters.count) / 3), distance < best?.distance ?? .max
        else { continue }
        best = (candidate, distance)
    }
    return best?.word
}

private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var (beforeLast, last) = ([Int](), Array(0...b.count))
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var distance = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                distance = min(distance, beforeLast[j - 1] + 1)
            }
            row.append(distance)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
