import Glibc

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
func decimalLogarithm(_ value: Double) -> Double { log10(value) }

/// The value of a variable of the environment; nil where it is not set.
func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}
