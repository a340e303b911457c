import Base

/// Widths of texts in DejaVu Sans, which figures are laid out with. The layout is thereby the same on every machine, with and
/// without fonts.
enum FontMetrics {
    /// Thousandths of the font's size, from the space to `~`, as the font has them.
    private static let regular: [UInt16] = [
        318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636,
        636, 636,
        636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295,
        295, 656,
        557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
        500, 613,
        635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634,
        592, 818,
        592, 592, 525, 636, 337, 636, 838,
    ]
    private static let bold: [UInt16] = [
        348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696,
        696, 696,
        696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372,
        372, 775,
        637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500,
        500, 675,
        716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712,
        652, 924,
        645, 652, 582, 712, 365, 712, 838,
    ]

    static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
        var thousandths = 0
        for scalar in text.unicodeScalars { thousandths += width(of: scalar, isBold: isBold) }
        return Double(thousandths) * size / 1000
    }

    private static func width(of scalar: Unicode.Scalar, isBold: Bool) -> Int {
        if scalar.value >= 0x20, scalar.value < 0x7F {
            return Int((isBold ? bold : regular)[Int(scalar.value) - 0x20])
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        // The averages of the font's other alphabets, rounded up; other fonts draw wide characters as squares.
        let regular =
            switch scalar.value {
            case 0xB7, 0x2019, 0x2018: 318
            case ..<0x0250: 640
            case ..<0x0400: 660
            case ..<0x0530: 740
            case 0x0590...0x05FF: 560
            case 0x0600...0x06FF: 640
            case 0x2010...0x2027, 0x2190...0x22FF: 840
            default: scalar.value < 0x1100 ? 760 : 1050
            }
        return isBold ? regular * 11 / 10 : regular
    }

    /// The text as it is drawn, without characters that control, and at most that wide: the rest is an ellipsis.
    static func fitted(_ text: String, to width: Double, size: Double, isBold: Bool = false) -> String {
        let text = printable(text)
        if Self.width(text, size: size, isBold: isBold) <= width { return text }
        let room = width - Self.width("…", size: size, isBold: isBold)
        var (cut, used) = ("", 0.0)
        for character in text {
            let next = Self.width(String(character), size: size, isBold: isBold)
            if used + next > room { break }
            cut.append(character)
            used += next
        }
        return room < 0 ? "" : cut + "…"
    }
}
