import Base
import Datasets

/// The forms of a stream of rows.
public enum ScoreFormat: String, Sendable, CaseIterable {
    case csv, tsv
    /// A JSON object a line.
    case jsonl
    /// A stream of Arrow's IPC format.
    case arrow
}

/// Options of scoring for rows of every form.
public struct ScoreOptions: Sendable {
    /// Put before the names of new columns; with several models, the model's name follows it.
    public var prefix = ""
    /// True if texts of CSV are written as they are; otherwise those that a spreadsheet would run as formulas are guarded.
    public var isRaw = false
    public var kept = KeptColumns.all
    /// True if the number of rows follows the last one, so that a reader notices a cut stream.
    public var endsWithCount = false
    /// True if an input without rows is one like any other, as an empty partition is.
    public var allowsNoRows = false
    /// The part of the rows to score; nil for all.
    public var shard: Shard?

    public init(prefix: String = "", isRaw: Bool = false) { (self.prefix, self.isRaw) = (prefix, isRaw) }
}

/// The input's columns that go before the new ones.
public enum KeptColumns: Equatable, Sendable {
    case all
    case only([String])
    case none
}

/// One of several equal parts of some work.
public struct Shard: Equatable, Sendable {
    /// Counted from 1.
    public let number: Int
    public let count: Int

    /// Reads `2/8`.
    public init(_ text: String) throws(CellarError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], (1...1_000_000).contains(count),
            (1...count).contains(number)
        else {
            throw CellarError(
                .usage, "expected a shard such as 2/8, found \"\(text)\".",
                remedy: "Shards are counted from 1: --shard 1/8 to --shard 8/8.")
        }
        (self.number, self.count) = (number, count)
    }

    /// This part of positions below `size`. Rows belong to the part in which they begin; the last part has no end.
    func range(of size: Int) -> Range<Int> {
        let start = size.multipliedFullWidth(by: number - 1)
        let end = size.multipliedFullWidth(by: number)
        return count.dividingFullWidth(start)
            .quotient..<(number == count ? .max : count.dividingFullWidth(end).quotient)
    }

    /// The elements that are in this part: each `count`-th one.
    public func select<Element>(_ all: [Element]) -> [Element] {
        all.indices.filter { $0 % count == number - 1 }.map { all[$0] }
    }
}

extension CellarError {
    /// An error about input that cannot be divided by rows.
    static func cannotShard(_ file: String) -> CellarError {
        CellarError(
            .usage, "only a regular file that is not compressed is divided by rows.", file: file,
            remedy:
                "Divide it into files first, and name all of them: each shard takes its part of the files.")
    }
}
