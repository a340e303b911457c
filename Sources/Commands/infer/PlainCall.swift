import ArgumentParser
import CMemory
import Cellar

/// Answers a plain call, `infer digit.png` and its like, and leaves the process; returns where the words have another form.
///
/// Plain calls go past ArgumentParser: it takes a third of their time, nearly all of it for looking up types while the
/// program runs.
package func answerPlainCall(_ words: ArraySlice<String>) {
    guard let call = PlainCall(words) else { return }
    // What HDF5 and a network of a megabyte take.
    cm_reserve_heap(3_250_000)
    do {
        try answer(call.request, store: call.store, json: call.json)
    } catch { InferCommand.exit(withError: error) }
    InferCommand.exit()
}

/// `--row -1.2,3` as `--row=-1.2,3`: a row that begins with a negative number is no option.
package func withRowsJoined(_ words: [String]) -> [String] {
    var joined: [String] = []
    for word in words {
        let isNumber = word.hasPrefix("-") && word.dropFirst().first.map { $0.isNumber || $0 == "." } ?? false
        if isNumber, joined.last == "--row" {
            joined[joined.count - 1] = "--row=" + word
        } else {
            joined.append(word)
        }
    }
    return joined
}

/// `FILE… [--model REF] [--store DIR] [--json]`, as `PredictCommand` would understand it.
private struct PlainCall {
    var request = PredictRequest(files: [])
    var store: String?
    var json = false

    /// Nil for anything else. What begins a plain call looks like a file and not like a subcommand.
    init?(_ words: ArraySlice<String>) {
        guard let first = words.first, first.utf8.contains(where: { "./".utf8.contains($0) }) else {
            return nil
        }
        var words = words.makeIterator()
        while let word = words.next() {
            switch word {
            case "--json": json = true
            case "--store", "--model":
                guard let value = words.next(), !value.isEmpty, !value.hasPrefix("-") else { return nil }
                if word == "--model" { request.models.references.append(value) } else { store = value }
            case _ where word.hasPrefix("-"): return nil
            default: request.files.append(word)
            }
        }
    }
}
