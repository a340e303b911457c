import Foundation
import Tensors
import Testing

@Test("equal rows have equal hashes, whatever their type, sign of zero or position")
func rowsHashAlike() {
    let floats = Samples(shape: [3], floats: [7.4, 0, 255, 7.4, -0, 255, 7.4, 255, 0])
    let hashes = rowHashes(of: [floats])
    #expect(hashes[0] == hashes[1])
    #expect(hashes[0] != hashes[2])
    let bytes = Samples(shape: [3], bytes: [0, 3, 255])
    #expect(rowHashes(of: [bytes]) == rowHashes(of: [Samples(shape: [3], floats: [0, 3, 255])]))
    // Two inputs are one row, and a longer row is another one.
    let parts = [Samples(shape: [2], floats: [1, 2]), Samples(shape: [1], floats: [3])]
    #expect(rowHashes(of: parts).count == 1)
    #expect(rowHashes(of: [parts[0]]) != rowHashes(of: [Samples(shape: [3], floats: [1, 2, 0])]))
    #expect(rowHashes(of: [floats.selecting([2])]) == [hashes[2]])
}

@Test("a hash never changes, as model files keep them")
func hashIsFixed() {
    let found = rowHashes(of: [Samples(shape: [4], floats: [7.4, 0.7, -1, 1e10])])
    // From the description of the function in Python, with integers of any size.
    #expect(found == [6630291522409282186])
    #expect(rowHashes(of: [Samples(shape: [3], floats: [7.4, -0, 255])]) == [5120241017772696490])
    var random = RandomNumbers(seed: 3)
    let hashes: [UInt64] = (0..<20_000).map { _ in random.next() }
    let many = RowHashes(hashes)
    let digest = many.words.reduce(UInt64(0)) { (sum: UInt64, word: UInt64) in sum &* 31 &+ word }
    #expect(digest == 11_089_276_573_625_371_529)
}

@Test("rows of a small table have distinct hashes")
func noCollisions() {
    // Rows that differ little: digits in three columns.
    var values: [Float] = []
    for row in 0..<200_000 { values += [Float(row % 100), Float(row / 100 % 100), Float(row / 10_000)] }
    #expect(Set(rowHashes(of: [Samples(shape: [3], floats: values)])).count == 200_000)
}

@Test(
    "a set of rows misses none, takes few others, is small, and is read again",
    arguments: [0, 1, 500, 10_000, 10_001, 60_000, 1_000_000])
func rowSets(_ count: Int) throws {
    var random = RandomNumbers(seed: count)
    let rows: [UInt64] = (0..<count).map { _ in random.next() }
    let set = RowHashes(rows + rows.prefix(count / 3))
    #expect(set.count == count && set.isExact == (count <= 10_000))
    let words = set.words
    let again = try #require(RowHashes(words: words))
    #expect(again == set)
    var found = [Bool](repeating: false, count: count)
    again.mark(rows, in: &found)
    #expect(!found.contains(false))

    let others: [UInt64] = (0..<1_000_000).map { _ in random.next() }
    var wrong = [Bool](repeating: false, count: others.count)
    again.mark(others, in: &wrong)
    let share = wrong.count { $0 }
    if count <= 10_000 {
        #expect(share == 0)
        #expect(words.count == count + 1)
    } else {
        // 1 in 1,000 is expected; the standard deviation is 32.
        #expect(share <= 1_000 + 3 * 32, "\(share)")
        #expect(Double(words.count * 64) <= (count < 100_000 ? 10.04 : 10) * Double(count))
    }
}

@Test("damaged hashes are refused or give a set, but never end the program")
func damagedSets() {
    #expect(RowHashes(words: []) == nil)
    #expect(RowHashes(words: [3, 1]) == nil)
    #expect(RowHashes(words: [1, 5, 4]) == nil)
    #expect(RowHashes(words: [2, 12, 0]) == nil)
    #expect(RowHashes(words: [2, .max, .max, .max]) == nil)
    var random = RandomNumbers(seed: 1)
    let hashes: [UInt64] = (0..<12_000).map { _ in random.next() }
    let words = RowHashes(hashes).words
    let asked: [UInt64] = (0..<100).map { _ in random.next() }
    for length in [1, 2, 3, 10, words.count - 1] {
        #expect(RowHashes(words: Array(words.prefix(length))) == nil)
    }
    for place in 0..<40 {
        for bit in stride(from: 0, to: 64, by: 3) {
            var damaged = words
            damaged[place] ^= 1 << UInt64(bit)
            guard let set = RowHashes(words: damaged) else { continue }
            var marks = [Bool](repeating: false, count: asked.count)
            set.mark(asked, in: &marks)
        }
    }
}
