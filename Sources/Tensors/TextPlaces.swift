import CKernels

/// Finds texts in a list of words by their bytes, without making strings.
package struct TextPlaces: Sendable {
    private let words: Texts
    /// Places in `words` by hash, with linear probing; -1 is free.
    private let table: [Int32]

    /// - words: Distinct texts.
    package init(_ words: [String]) {
        let words = Texts(words)
        var size = 4
        while size < 2 * words.count { size *= 2 }
        table = unsafe [Int32](unsafeUninitializedCapacity: size) { table, count in
            unsafe words.withKernelTexts { unsafe ck_texts_index($0, table.baseAddress!, size - 1) }
            count = size
        }
        self.words = words
    }

    /// Returns the place of each text in the list; -1 where it is not there.
    package func places(of texts: Texts) -> [Int] {
        unsafe [Int](unsafeUninitializedCapacity: texts.count) { places, count in
            count = texts.count
            guard let start = places.baseAddress else { return }
            unsafe start.withMemoryRebound(to: Int64.self, capacity: count) { start in
                unsafe texts.withKernelTexts { texts in unsafe find(texts, start) }
            }
        }
    }

    /// Returns the place of a text in the list; nil if it is not there.
    package func place(of text: ArraySlice<UInt8>) -> Int? { place(of: text.span) }

    package func place(of text: Span<UInt8>) -> Int? {
        var place: Int64 = -1
        unsafe text.withUnsafeBufferPointer { bytes in
            unsafe withUnsafePointer(to: Int64(bytes.count)) { end in
                var text = unsafe ck_texts(bytes: bytes.baseAddress, ends: end, count: 1)
                unsafe find(&text, &place)
            }
        }
        return place < 0 ? nil : Int(place)
    }

    private func find(_ texts: UnsafePointer<ck_texts>, _ places: UnsafeMutablePointer<Int64>) {
        unsafe words.withKernelTexts { words in
            unsafe table.withUnsafeBufferPointer {
                unsafe ck_texts_find(words, $0.baseAddress!, $0.count - 1, texts, places)
            }
        }
    }
}

extension Texts {
    /// Gives the texts to a kernel, for the time of the call.
    fileprivate func withKernelTexts(_ body: (UnsafePointer<ck_texts>) -> Void) {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe ends.withUnsafeBufferPointer { ends in
                let start = unsafe UnsafeRawPointer(ends.baseAddress)?.assumingMemoryBound(to: Int64.self)
                var texts = unsafe ck_texts(bytes: bytes.baseAddress, ends: start, count: ends.count)
                unsafe body(&texts)
            }
        }
    }
}
