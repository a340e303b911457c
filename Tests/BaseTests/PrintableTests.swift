import Base
import Testing

@Test(
    "control characters are shown as escapes",
    arguments: [
        ("plain é 漢 🙂", "plain é 漢 🙂"), ("a\nb\tc\r", "a\\nb\\tc\\r"), ("\u{1B}[2J", "\\x1b[2J"),
        ("\0\u{7}", "\\x00\\x07"),
        ("\u{7F}\u{80}\u{9F}\u{A0}", "\\u007f\\u0080\\u009f\u{A0}"), ("\u{61C}x", "\\u061cx"),
        ("\u{200D}\u{200E}\u{200F}\u{2010}", "\u{200D}\\u200e\\u200f\u{2010}"),
        ("\u{2027}\u{2028}\u{202E}\u{202F}", "\u{2027}\\u2028\\u202e\u{202F}"),
        ("\u{2065}\u{2066}\u{2069}\u{206A}", "\u{2065}\\u2066\\u2069\u{206A}"), ("\u{1B}[1m", "\\x1b[1m"),
    ])
func escapes(text: String, shown: String) { #expect(printable(text) == shown) }

@Test("a text of several lines keeps them, and only our own styles where they are wanted")
func layouts() {
    func shown(_ text: String, _ layout: TextLayout) -> String {
        String(decoding: escapingControls(Array(text.utf8), in: layout), as: UTF8.self)
    }
    #expect(shown("a\n\tb\r\u{1B}[1m", .lines) == "a\n\tb\\r\\x1b[1m")
    let own = "\u{1B}[1mx\u{1B}[0m\u{1B}[38;5;231;48;5;16m▀"
    #expect(shown(own, .styledLines) == own)
    for foreign in [
        "\u{1B}[2J", "\u{1B}[31m", "\u{1B}[38;5;999;48;5;1m", "\u{1B}[38;5;1m", "\u{1B}[1;1m", "\u{1B}]0;xm",
        "\u{1B}",
    ] {
        #expect(shown(foreign, .styledLines) == "\\x1b" + foreign.dropFirst())
    }
    // Bytes that are no UTF-8 stay as they are.
    #expect(escapingControls([0xC2, 0x41, 0xE2, 0x80], in: .lines) == [0xC2, 0x41, 0xE2, 0x80])
}

@Test("JSON with escapes reads as the same value")
func escapedJSON() throws {
    let value: JSON = ["a\u{9B}": .string("\u{1B}\u{7F}\u{202E}\n\u{2028}é")]
    let text = escapingControls(Array(value.text(pretty: true).utf8), in: .lines)
    #expect(!text.contains(0x7F))
    #expect(try JSON(parsing: text) == value)
}

@Test(
    "texts that a spreadsheet runs as formulas are guarded, numbers are not",
    arguments: [
        ("=1+1", true), ("+1", false), ("-1.5", false), ("-1e-3", false), ("+.5", false), ("-", true),
        ("@x", true),
        ("\tx", true), ("\rx", true), ("-inf", true), ("+0x10", true), ("-1+2", true), ("", false),
        ("x=1", false), ("'", false),
        ("'x", false), ("'=1", true), ("''=1", true), ("'-1", false), ("-1e999", true), (" =1", false),
    ])
func formulas(text: String, isGuarded: Bool) {
    let written = CSVGuard.guarded(text)
    #expect(written == (isGuarded ? "'" + text : text))
    #expect(Array(CSVGuard.unguarded(Array(written.utf8)[...])) == Array(text.utf8))
}
