/// A colour by its role, which a theme gives a value.
public enum Paint: Equatable, Hashable, Sendable {
    /// Texts and lines that matter.
    case foreground
    /// Texts and lines beside the data: ticks, notes.
    case muted
    case grid
    case background
    /// A colour for categories; 0 to 7, larger numbers start again.
    case series(Int)
    /// A step of the scale from little (0) to much (16).
    case ramp(Int)
    /// A readable colour on that step.
    case onRamp(Int)
    /// A step of the scale from negative (0) over zero (8) to positive (16).
    case diverging(Int)
    case onDiverging(Int)
    case rgb(UInt8, UInt8, UInt8)

    /// The number of steps of a ramp above the first.
    public static let steps = 16

    /// The step for a share from 0 to 1.
    public static func step(_ share: Double) -> Int {
        share.isFinite ? Int((max(0, min(1, share)) * Double(steps)).rounded()) : 0
    }
}

/// The colours of a figure.
public enum Theme: String, CaseIterable, Sendable { case light, dark }

extension Theme {
    public func colour(of paint: Paint) -> RGBColour {
        let isLight = self == .light
        switch paint {
        case .foreground: return isLight ? RGBColour(0x1F2328) : RGBColour(0xE6E8EB)
        case .muted: return isLight ? RGBColour(0x59626B) : RGBColour(0xA3ABB5)
        case .grid: return isLight ? RGBColour(0xE3E6EA) : RGBColour(0x30363D)
        case .background: return isLight ? RGBColour(0xFFFFFF) : RGBColour(0x14181D)
        case .series(let number):
            let colours = isLight ? Self.lightSeries : Self.darkSeries
            return colours[((number % colours.count) + colours.count) % colours.count]
        case .ramp(let step): return ramp(step)
        case .onRamp(let step): return readable(on: ramp(step))
        case .diverging(let step): return diverging(step)
        case .onDiverging(let step): return readable(on: diverging(step))
        case .rgb(let red, let green, let blue): return RGBColour(red, green, blue)
        }
    }

    // After Okabe and Ito's palette, which people with each kind of colour blindness tell apart. Yellow is left out: it is too
    // faint on white. Each has a contrast of at least 3 to its background.
    private static let lightSeries = [
        0x0072B2, 0xD55E00, 0x00805E, 0xB0578D, 0x8A6500, 0x3D8FBF, 0x6B4FA0, 0x6B7178,
    ].map { RGBColour($0) }
    private static let darkSeries = [
        0x56B4E9, 0xF08A3C, 0x2DBE92, 0xDE8FBE, 0xE3B83D, 0x9CC9E8, 0xA895DB, 0xA3ABB5,
    ].map { RGBColour($0) }

    private func ramp(_ step: Int) -> RGBColour {
        let stops =
            self == .light
            ? [0xF3F7FB, 0xBBD7EC, 0x5FA4D0, 0x0F69A6, 0x063A66]
            : [0x1B222A, 0x17405F, 0x1D6FA8, 0x56AFE3, 0xC3E4FA]
        return between(stops, step)
    }

    private func diverging(_ step: Int) -> RGBColour {
        let stops =
            self == .light
            ? [0xA84300, 0xF0AE7D, 0xF7F7F5, 0x86BCE0, 0x005A94]
            : [0xF2A066, 0x8F4A1D, 0x20262D, 0x1D5F8C, 0x7FC4F0]
        return between(stops, step)
    }

    private func between(_ stops: [Int], _ step: Int) -> RGBColour {
        let place = Double(max(0, min(Paint.steps, step))) / Double(Paint.steps) * Double(stops.count - 1)
        let low = min(Int(place), stops.count - 2)
        return RGBColour(stops[low]).mixed(with: RGBColour(stops[low + 1]), place - Double(low))
    }

    private func readable(on colour: RGBColour) -> RGBColour {
        let (black, white) = (RGBColour(0x14181D), RGBColour(0xFFFFFF))
        return colour.contrast(to: white) >= colour.contrast(to: black) ? white : black
    }
}

public struct RGBColour: Equatable, Sendable {
    public var red, green, blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// A colour as `0xRRGGBB`.
    init(_ value: Int) {
        self.init(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
    }

    /// The colour as `#rrggbb`.
    public var hex: String {
        "#"
            + [red, green, blue].map { part in
                (part < 16 ? "0" : "") + String(part, radix: 16)
            }.joined()
    }

    func mixed(with other: RGBColour, _ share: Double) -> RGBColour {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
            UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded())
        }
        return RGBColour(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
    }

    /// The contrast ratio of the Web Content Accessibility Guidelines, from 1 to 21.
    public func contrast(to other: RGBColour) -> Double {
        let (a, b) = (luminance, other.luminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    private var luminance: Double {
        func linear(_ part: UInt8) -> Double {
            let value = Double(part) / 255
            return value <= 0.04045 ? value / 12.92 : power((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}
