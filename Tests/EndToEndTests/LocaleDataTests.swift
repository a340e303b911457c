import Foundation
import Testing

/// The release build has none of ICU's data (see Sources/CNoLocaleData), without which these answer wrongly or not at all.
///
/// Not among them, as they need none: `ISO8601Format` (arithmetic of Foundation's own), `String(format:)` and
/// `localizedDescription` of an error, both without a locale, and regular expressions, whose tables are code.
private let needLocaleData = [
    // Foundation.
    "Formatter\\b", "FormatStyle", "\\.formatted\\(", "ParseStrategy", "\\bLocale\\b", "\\bCalendar\\b",
    "\\bTimeZone\\b",
    "\\bDateComponents\\b", "localized(?!Description)", "caseInsensitive", "diacriticInsensitive",
    "applyingTransform",
    "\\.folding\\(", "enumerateSubstrings", "NaturalLanguage",
    // GRDB: columns of dates and decimal numbers, collations by Foundation, plurals for associations.
    "DatabaseDateComponents", "\\bDecimal\\b", "NSDecimalNumber", "DatabaseCollation", "collat(e|ing)\\b",
    "\\b(var|let) \\w+: Date\\b", "\\b(hasMany|hasOne|belongsTo)\\(",
]

@Test("nothing of ours asks for locale data, directly or through GRDB")
func noLocaleData() throws {
    let pattern = try Regex(needLocaleData.joined(separator: "|")).ignoresCase(false)
    let sources = URL(fileURLWithPath: Workplace.shipped("Sources"))
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    var read = 0
    while let file = files?.nextObject() as? URL {
        guard file.pathExtension == "swift" else { continue }
        read += 1
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            guard !line.drop(while: { $0 == " " }).hasPrefix("//") else { continue }
            #expect(line.firstMatch(of: pattern) == nil, "\(file.lastPathComponent): \(line)")
        }
    }
    #expect(read > 100)
}
