import Testing

@testable import CommandSupport

@Test("draws shares in eighths, or in ASCII")
func bars() {
    #expect(Bars.bar(0.5, width: 4, isUnicode: true) == "██")
    #expect(Bars.bar(0.53125, width: 4, isUnicode: true) == "██▏")
    #expect(Bars.bar(1, width: 4, isUnicode: false) == "####")
    #expect(Bars.bar(.nan, width: 4, isUnicode: true).isEmpty)
    #expect(Bars.bar(7, width: 2, isUnicode: true) == "██")
}

@Test("lists probabilities, the likeliest in bold")
func probabilities() {
    let plain = Terminal(isTerminal: false, isUnicode: false)
    let classes = [(name: "bad", probability: 0.25), (name: "good", probability: 0.75)]
    #expect(Bars.text(classes, width: 4, terminal: plain) == " bad  25.0 % #\ngood  75.0 % ###\n")
    let people = Terminal(isTerminal: true, hasColour: true)
    #expect(Bars.text(classes, width: 4, terminal: people).hasSuffix("\u{1B}[1mgood  75.0 %\u{1B}[0m ███\n"))
}

@Test("draws a picture in half blocks of grey, or in shades")
func digitArt() {
    // Two rows and a half: white over black, black over black, and a last row on its own.
    let pixels: [UInt8] = [255, 255, 0, 0, 0, 0, 128, 0, 0]
    let people = Terminal(isTerminal: true, hasColour: true)
    #expect(
        DigitArt.text(pixels, width: 3, terminal: people)
            == "\u{1B}[38;5;231;48;5;16m▀▀\u{1B}[38;5;16;48;5;16m▀\u{1B}[0m\n"
            + "\u{1B}[38;5;243;48;5;16m▀\u{1B}[38;5;16;48;5;16m▀▀\u{1B}[0m\n")
    #expect(DigitArt.text(pixels, width: 3, terminal: Terminal(isTerminal: false)) == "▒▒ \n░  \n")
    #expect(
        DigitArt.text(pixels, width: 3, terminal: Terminal(isTerminal: false, isUnicode: false))
            == "== \n:  \n")
}
