import Base
import Datasets
import Tensors

/// A guess of how a column writes its numbers, if that is not the table's way.
struct WritingGuess {
    private(set) var writing: NumberWriting?
    /// What the recipe says about it beside the column.
    private(set) var remark = ""
    /// Why most values are numbers that are not read, and what to write in the recipe for them.
    private(set) var obstacle: Obstacle?

    struct Obstacle {
        var problem: String
        /// Options of the column in the recipe with which its numbers are read; nil if there are none.
        var options: String?
    }

    private let fields: Texts
    private let reader: FieldReader
    private let isHeight: Bool
    /// True if the name is one of spans of time.
    private let isSpan: Bool
    /// Rows with a currency and a dash, as Excel's accounting format writes 0.
    private var zeros = 0
    private var present = 0, bare = 0, bareBeyondZero = 0
    /// True if bare numbers are all from 0 to 1, as shares are.
    private var bareAreShares = true
    private var padded = 0
    /// The values that are no numbers alone, with their rows' number.
    private var others: [[UInt8]: Int] = [:]
    private var frames: [NumberFrame: Int] = [:]
    /// The number of different values beyond which a column's texts are no names.
    private static let mostNames = 12
    private static let mostOthers = 200_000

    init(_ fields: Texts, name: String, _ reader: FieldReader) {
        (self.fields, self.reader) = (fields, reader)
        let lower = name.lowercased()
        isHeight = lower.contains("height") || lower == "ht"
        isSpan = !Self.spans.isDisjoint(with: Self.words(of: name))
        guard count() else { return }
        choose()
    }

    /// Counts the values. Returns false for a column of plain numbers, texts or dates.
    private mutating func count() -> Bool {
        var rowsOfText = 0
        for row in 0..<fields.count {
            let field = fields[row]
            if case .number(let number) = reader.number(field) {
                countBare(number)
                continue
            }
            if reader.isMissing(field) || TableSurvey.isMarker(field)
                || AccountingDash.matches(withoutBlanks(field))
            {
                continue
            }
            if case .number(let number) = reader.numberOfAnySigns(field), !hasLongMinus(field) {
                countBare(number)
                continue
            }
            if isExponential(field) {
                countBare(2)
                continue
            }
            present += 1
            others[Array(field), default: 0] += 1
            if NumberFrame.isDash(field) {
                zeros += 1
                continue
            }
            if field.count > 60 || !field.contains(where: { (48...57).contains($0) }) { rowsOfText += 1 }
            // Texts are seen early.
            if others.count > Self.mostOthers || present == 200 && rowsOfText > 150 { return false }
        }
        guard !others.isEmpty, rowsOfText * 2 < present else { return false }
        if isSpan, areClocks {
            if take(NumberWriting(form: .duration)) { remark = "spans of time by the name, in seconds" }
            return false
        }
        guard !areDates else { return false }
        for (field, count) in others {
            guard field.count <= 60, let frame = NumberFrame(field[...]) else { continue }
            if frame.isPadded { padded += count }
            frames[frame, default: 0] += count
        }
        return true
    }

    private static let spans: Set = [
        "duration", "durations", "elapsed", "lap", "laps", "laptime", "length", "pace", "runtime",
    ]

    /// The words of a name in small letters: song and length for `songLength` and `song_length`.
    private static func words(of name: String) -> Set<String> {
        var words = [""]
        var wasSmall = false
        for character in name {
            if !character.isLetter || character.isUppercase && wasSmall { words.append("") }
            if character.isLetter { words[words.count - 1] += character.lowercased() }
            wasSmall = character.isLowercase
        }
        return Set(words)
    }

    /// True if the values are like 3:05 or 1:03:05, without letters.
    private var areClocks: Bool {
        others.keys.allSatisfy { field in
            (1...2).contains(field.count { $0 == UInt8(ascii: ":") })
                && field.allSatisfy { (48...57).contains($0) || ":.".utf8.contains($0) }
        }
    }

    /// True for 1,23E-04, which is a number alone.
    private func isExponential(_ field: ArraySlice<UInt8>) -> Bool {
        guard let place = field.lastIndex(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }),
            case .number = reader.numberOfAnySigns(field[..<place])
        else { return false }
        let power = field[(place + 1)...].drop { "+-".utf8.contains($0) }
        return !power.isEmpty && power.allSatisfy { (48...57).contains($0) }
    }

    private func hasLongMinus(_ field: ArraySlice<UInt8>) -> Bool {
        field.contains(0xE2) && String(decoding: field, as: UTF8.self).contains("\u{2212}")
    }

    private mutating func countBare(_ number: Double) {
        (present, bare) = (present + 1, bare + 1)
        if number != 0 { bareBeyondZero += 1 }
        if !(0...1).contains(number) { bareAreShares = false }
    }

    /// True if the values are dates or times of day, perhaps but for some.
    private var areDates: Bool {
        let sample = others.keys.prefix(200)
        return TableDialect.DateOrder.allCases.contains { order in
            sample.count { DateText($0[...], order: order) != nil } * 10 > sample.count * 9
        }
    }

    /// Leaves the numbers out, because something in them cannot be read.
    mutating func leaveOut(_ problem: String) {
        (writing, obstacle) = (nil, Obstacle(problem: problem, options: nil))
    }

    /// Gives the column signs of its own.
    mutating func take(_ signs: NumberWriting.Signs) {
        writing = writing ?? NumberWriting()
        writing?.signs = signs
        remark += (remark.isEmpty ? "" : "; ") + "its signs are not those of other columns"
    }

    // MARK: Choosing

    private mutating func choose() {
        let sorted = frames.sorted { ($0.value, $1.key.unit) > ($1.value, $0.key.unit) }
        let framed = sorted.filter { !$0.key.isBare }
        if let top = framed.first(where: { $0.key.mayBeUnit })?.key, padded * 20 <= present {
            if chooseMagnitudes(framed) || chooseUnit(top) { return }
            if obstacle != nil { return }
        }
        let isMany = bare + others.count > Self.mostNames
        if sorted.contains(where: { $0.key.isBare }), take(NumberWriting(form: .accounting)) {
            remark = "(5), 5- and a long minus are negative"
            return
        }
        if isMany, coverage(of: NumberWriting(form: .duration))?.isEnough ?? false {
            let words = Set(framed.map { $0.key.after.lowercased() })
            if words.contains("m"),
                !words.contains(where: { $0.contains("h") || $0.contains("s") || $0.contains("min") })
            {
                obstacle = Obstacle(problem: "m may be months or minutes", options: "form: duration")
                return
            }
        }
        if isMany, take(NumberWriting(form: .duration)) {
            remark = "spans of time, in seconds"
            return
        }
        let hasQuotes = framed.contains { "'f".contains($0.key.after.prefix(1)) && !$0.key.after.isEmpty }
        if isMany, isHeight || hasQuotes, take(NumberWriting(form: .feet)) {
            remark = "feet and inches, in inches"
            return
        }
        if isMany, let covered = coverage(of: NumberWriting(form: .range)), covered.isEnough {
            let hasBlanks = framed.contains { $0.key.hasBlank && $0.value * 2 > present - bare }
            if hasBlanks || bare * 2 > present {
                writing = NumberWriting(form: .range)
                remark = "\(covered.written) ranges, whose middle counts"
                return
            }
            obstacle = Obstacle(problem: "they may be ranges", options: "form: range")
            return
        }
        nameUnits(framed)
    }

    /// Numbers with K, M and other powers of ten behind them, and perhaps with one unit.
    private mutating func chooseMagnitudes(_ framed: [(key: NumberFrame, value: Int)]) -> Bool {
        var (units, powers, isSure) = ([String: Int](), Set<Double>(), true)
        var (words, doubtful) = (Set<String>(), nil as String?)
        for (frame, count) in framed {
            guard let (power, rest) = UnitFamily.magnitude(frame.after) else { continue }
            powers.insert(power)
            let unit = NumberFrame(before: frame.before, after: rest)
            units[unit.unit, default: 0] += count
            // One power alone may be a unit: 300 K, 5 m.
            words.insert(frame.after)
            // Millions or metres, milliards or bytes.
            if !unit.isCurrency, ["m", "b", "B"].contains(frame.after) { doubtful = frame.after }
            if !unit.isCurrency, !rest.isEmpty || frame.hasBlank || !["K", "k", "M"].contains(frame.after) {
                isSure = false
            }
        }
        if let doubtful, words.count > 1 {
            obstacle = Obstacle(
                problem: "\(doubtful) may be a power of ten or a unit", options: "form: magnitudes")
            return false
        }
        guard powers.count > 1 || isSure, bare + others.count > Self.mostNames,
            let unit = units.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key,
            take(NumberWriting(units: unit.isEmpty ? [] : [unit], form: .magnitudes))
        else { return false }
        remark = "K, M and such are powers of ten" + (unit.isEmpty ? "" : ", in \(unit)")
        return true
    }

    /// Numbers with one unit, or with units of which each is a multiple of the most frequent one.
    private mutating func chooseUnit(_ top: NumberFrame) -> Bool {
        let own = NumberWriting(units: [top.unit])
        guard bare + others.count > Self.mostNames || top.isKnownSign,
            let covered = coverage(of: own), covered.isEnough || top.isKnownSign && covered.isMost
        else { return false }
        // Values without the unit may mean something else.
        let mayDiffer = top.unit == "%" ? bareAreShares : !top.isKnownSign
        if mayDiffer, bareBeyondZero * 20 > present {
            obstacle = Obstacle(
                problem:
                    "\(bareBeyondZero) of \(present) have no \(top.unit) beside them, and may mean something else",
                options: "unit: \(yaml(top.unit))")
            return false
        }
        let hasZeros = zeros > 0 && top.isCurrency
        writing = hasZeros ? NumberWriting(units: own.units, form: .accounting) : own
        let converted = frames.keys.filter { $0.before.isEmpty && UnitFamily.areOfOne($0.after, top.unit) }
            .map(\.after).filter { $0 != top.unit }
        remark =
            "in \(top.unit)" + (hasZeros ? ", where - is 0" : "")
            + (converted.isEmpty
                ? "" : ", to which \(Set(converted).sorted().joined(separator: ", ")) are converted")
        return true
    }

    /// Takes a way to write numbers if nearly all values are in it.
    private mutating func take(_ way: NumberWriting) -> Bool {
        guard coverage(of: way)?.isEnough ?? false else { return false }
        writing = way
        return true
    }

    /// The values that are read in a way to write numbers.
    private struct Coverage {
        var present = 0, read = 0
        /// Those that need it.
        var written = 0
        var strangers = 0

        var isEnough: Bool {
            written > 0 && strangers <= StrayWords.most && read * 5 >= present * 4
        }
        var isMost: Bool { written > 0 && read * 10 >= present * 9 }
    }

    private func coverage(of way: NumberWriting) -> Coverage? {
        var dialect = TableDialect()
        dialect.numbers[""] = way
        let reader = FieldReader(dialect, column: "")
        var coverage = Coverage(present: present, read: bare)
        // Bare numbers are no spans of time.
        if way.form == .duration || way.form == .feet { coverage.read = 0 }
        for (field, count) in others {
            switch reader.numberOfAnySigns(field[...]) {
            case .number:
                coverage.read += count
                coverage.written += count
            case .missing: coverage.read += count
            default:
                coverage.strangers += 1
                if coverage.strangers > 1000 { return nil }
            }
        }
        return coverage
    }

    /// Names the units of numbers that have several.
    private mutating func nameUnits(_ framed: [(key: NumberFrame, value: Int)]) {
        let units = framed.filter { $0.key.mayBeUnit }
        guard let top = units.first?.key, units.count <= 8, bare + others.count > Self.mostNames,
            (units.reduce(0) { $0 + $1.value } + bare) * 5 > present * 4
        else { return }
        var names: [String] = []
        for name in units.map({ $0.key.unit }) where !names.contains(name) { names.append(name) }
        obstacle = Obstacle(
            problem: names.count == 1
                ? "not all of them are in \(top.unit)"
                : "they are in several units (\(names.prefix(6).joined(separator: ", "))), of which none is known as a multiple of another",
            options: names.count == 1
                ? "unit: \(yaml(top.unit))" : "unit: [\(names.map(yaml).joined(separator: ", "))]")
    }
}

/// True if most values are short, with a time of day or the name of a month beside several numbers.
func areMostlyDates(_ fields: Texts, _ reader: FieldReader) -> Bool {
    let present = (0..<min(fields.count, 500)).filter { !reader.isMissing(fields[$0]) }
    let dates = present.count { row in
        guard fields[row].count <= 40, fields[row].contains(where: FieldReader.isDigit) else { return false }
        let numbers = fields[row].split { !FieldReader.isDigit($0) }
        let words = fields[row].split { !FieldReader.isLetter($0) }
        let hasMonth = words.contains { DateText.isMonth($0) }
        let hasClock =
            numbers.count >= 5 && fields[row].contains(UInt8(ascii: ":"))
            && fields[row].contains { "-/ ".utf8.contains($0) }
        return hasClock || hasMonth && numbers.count >= 2
            || hasMonth && words.count == 1 && numbers.count == 1
    }
    return dates * 10 > present.count * 8
}

/// True if most values are a number, or consist of digits and signs.
func areMostlyDigits(_ fields: Texts, _ reader: FieldReader) -> Bool {
    let present = (0..<min(fields.count, 500)).filter { !reader.isMissing(fields[$0]) }
    let numbers = present.count { row in
        let hasLetters = fields[row].contains { (65...90).contains($0) || (97...122).contains($0) }
        return fields[row].contains { (48...57).contains($0) }
            && (!hasLetters || NumberFrame(fields[row])?.mayBeUnit ?? false)
    }
    return numbers * 10 > present.count * 8
}
