import Base

/// Units of which each is a fixed multiple of another.
public enum UnitFamily {
    /// By family the names of each unit, and its size in the least of them.
    private static let families: [[(names: [String], size: Double)]] = [
        [
            (["mcg", "ug", "\u{b5}g", "\u{3bc}g"], 1), (["mg"], 1e3), (["g"], 1e6),
            (["kg", "Kg", "KG"], 1e9),
        ],
        [
            (["nm"], 1), (["um", "\u{b5}m", "\u{3bc}m"], 1e3), (["mm"], 1e6), (["cm"], 1e7), (["m"], 1e9),
            (["km"], 1e12),
        ],
        [(["ml", "mL"], 1), (["cl", "cL"], 10), (["dl", "dL"], 100), (["l", "L"], 1000)],
        // A kilobyte has 1000 bytes (SI), a kibibyte 1024 (IEC).
        [
            (["B"], 1), (["kB", "KB"], 1e3), (["MB"], 1e6), (["GB"], 1e9), (["TB"], 1e12), (["PB"], 1e15),
            (["KiB"], 0x1p10), (["MiB"], 0x1p20), (["GiB"], 0x1p30), (["TiB"], 0x1p40),
        ],
        [
            (["ms"], 1), (["s", "sec", "secs", "second", "seconds"], 1e3),
            (["min", "mins", "minute", "minutes"], 6e4), (["h", "hr", "hrs", "hour", "hours"], 3.6e6),
            (["d", "day", "days"], 8.64e7),
        ],
        [(["Hz"], 1), (["kHz"], 1e3), (["MHz"], 1e6), (["GHz"], 1e9)],
        [(["mW"], 1), (["W"], 1e3), (["kW"], 1e6), (["MW"], 1e9), (["GW"], 1e12)],
        [(["mV"], 1), (["V"], 1e3), (["kV"], 1e6)],
        [(["mA"], 1), (["A"], 1e3)],
        [(["Wh"], 1), (["kWh"], 1e3), (["MWh"], 1e6), (["GWh"], 1e9)],
        [(["\u{2030}"], 1), (["%"], 10)],
    ]

    /// Returns the units of the same family, with what a number is multiplied with and divided by to be one of that unit.
    static func others(than unit: String) -> [(name: String, multiply: Double, divide: Double)] {
        guard let (family, size) = place(of: unit) else { return [] }
        return families[family].flatMap { member in
            member.names.filter { $0 != unit }.map { name in
                member.size >= size ? (name, member.size / size, 1) : (name, 1, size / member.size)
            }
        }
    }

    /// True if numbers of one unit can be written in the other.
    public static func areOfOne(_ a: String, _ b: String) -> Bool {
        guard let place = place(of: a), let other = self.place(of: b) else { return false }
        return place.family == other.family
    }

    private static func place(of unit: String) -> (family: Int, size: Double)? {
        for (index, family) in families.enumerated() {
            if let member = family.first(where: { $0.names.contains(unit) }) { return (index, member.size) }
        }
        return nil
    }

    /// Words for powers of ten, the longest first.
    static let magnitudes: [(word: [UInt8], power: Double)] = [
        ("k", 1e3), ("K", 1e3), ("Tsd.", 1e3), ("Tsd", 1e3), ("thousand", 1e3), ("lakh", 1e5), ("lakhs", 1e5),
        ("Lakh", 1e5), ("Lac", 1e5), ("lac", 1e5), ("m", 1e6), ("M", 1e6), ("mn", 1e6), ("Mn", 1e6),
        ("MM", 1e6),
        ("Mio", 1e6), ("Mio.", 1e6), ("million", 1e6), ("Million", 1e6), ("Cr", 1e7), ("cr", 1e7),
        ("crore", 1e7),
        ("crores", 1e7), ("Crore", 1e7), ("b", 1e9), ("B", 1e9), ("bn", 1e9), ("Bn", 1e9), ("Mrd", 1e9),
        ("Mrd.", 1e9), ("billion", 1e9), ("Billion", 1e9), ("T", 1e12), ("tn", 1e12), ("trillion", 1e12),
    ].map { (Array($0.utf8), $1) }.sorted { $0.word.count > $1.word.count }

    /// Returns the power of ten at the start of what stands behind a number, with what is left; nil if there is none.
    public static func magnitude(_ text: String) -> (power: Double, rest: String)? {
        let bytes = Array(text.utf8)
        guard
            let found = magnitudes.first(where: { magnitude in
                // A sign of a currency may follow, but m2 and m/s are units.
                bytes.starts(with: magnitude.word)
                    && bytes.dropFirst(magnitude.word.count).first.map { $0 == 32 || $0 == 36 || $0 >= 0x80 }
                        ?? true
            })
        else { return nil }
        return (
            found.power,
            String(decoding: withoutBlanks(bytes[found.word.count...]), as: UTF8.self)
        )
    }
}
