/// A small grey picture in text: a column a pixel, two rows of pixels a line.
public enum DigitArt {
    /// - Parameter pixels: [height, width], row-major, 0 black to 255 white.
    public static func text(_ pixels: [UInt8], width: Int, terminal: Terminal = .output) -> String {
        precondition(width > 0 && pixels.count % width == 0, "\(pixels.count) pixels in rows of \(width)")
        let height = pixels.count / width
        var text = ""
        for top in stride(from: 0, to: height, by: 2) {
            var line = ""
            var colours = (-1, -1)
            for column in 0..<width {
                let upper = Int(pixels[top * width + column])
                let lower = top + 1 < height ? Int(pixels[(top + 1) * width + column]) : 0
                guard terminal.hasColour && terminal.isUnicode else {
                    line.append(shade((upper + lower) / 2, isUnicode: terminal.isUnicode))
                    continue
                }
                // The upper half block has the letter's colour, the lower half its background's.
                let next = (grey(upper), grey(lower))
                if next != colours { line += "\u{1B}[38;5;\(next.0);48;5;\(next.1)m" }
                colours = next
                line += "▀"
            }
            text += line + (terminal.hasColour && terminal.isUnicode ? "\u{1B}[0m" : "") + "\n"
        }
        return text
    }

    private static func shade(_ value: Int, isUnicode: Bool) -> Character {
        let shades: [Character] = isUnicode ? [" ", "░", "▒", "▓", "█"] : Array(" .:-=+*#%@")
        return shades[value * shades.count / 256]
    }

    /// The number of that grey among a terminal's 256 colours: 232 to 255 are 24 greys, 16 is black, 231 white.
    private static func grey(_ value: Int) -> Int {
        let step = value * 25 / 255
        return step == 0 ? 16 : step == 25 ? 231 : 231 + step
    }
}
