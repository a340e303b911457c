/// The ink of a picture without specks, and its bounding box.
struct InkRegion {
    let ink: Ink
    let columns, rows: Range<Int>
}

extension Ink {
    /// Removes connected components with less than a fiftieth of the ink of the largest one. Returns nil if
    /// nothing is left.
    func withoutSpecks() -> InkRegion? {
        let (labels, blobs) = blobs()
        guard let largest = blobs.map(\.mass).max() else { return nil }
        let kept = blobs.map { $0.mass >= largest / 50 }
        var clean = self
        for index in labels.indices where labels[index] >= 0 && !kept[labels[index]] {
            clean.values[index] = 0
        }
        var (left, top, right, bottom) = (width, height, 0, 0)
        for (blob, keep) in zip(blobs, kept) where keep {
            left = min(left, blob.left)
            right = max(right, blob.right)
            top = min(top, blob.top)
            bottom = max(bottom, blob.bottom)
        }
        return InkRegion(ink: clean, columns: left..<right + 1, rows: top..<bottom + 1)
    }

    private struct Blob {
        var mass: Float = 0
        var left, top, right, bottom: Int
    }

    /// Labels the 8-connected components of ink: the component of each pixel, or -1.
    private func blobs() -> ([Int], [Blob]) {
        var labels = [Int](repeating: -1, count: values.count)
        var blobs: [Blob] = []
        var waiting: [Int] = []
        for seed in values.indices where labels[seed] < 0 && values[seed] >= Ink.threshold {
            var blob = Blob(left: width, top: height, right: 0, bottom: 0)
            labels[seed] = blobs.count
            waiting.append(seed)
            while let index = waiting.popLast() {
                let (x, y) = (index % width, index / width)
                blob.mass += values[index]
                blob.left = min(blob.left, x)
                blob.right = max(blob.right, x)
                blob.top = min(blob.top, y)
                blob.bottom = max(blob.bottom, y)
                for nextY in max(y - 1, 0)...min(y + 1, height - 1) {
                    for nextX in max(x - 1, 0)...min(x + 1, width - 1) {
                        let next = nextY * width + nextX
                        if labels[next] < 0 && values[next] >= Ink.threshold {
                            labels[next] = blobs.count
                            waiting.append(next)
                        }
                    }
                }
            }
            blobs.append(blob)
        }
        return (labels, blobs)
    }
}
