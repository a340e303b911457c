/// The word that a misspelt one was probably meant to be, or nil where none is close.
public func nearest(_ word: String, in words: some Sequence<String>) -> String? { nil }
