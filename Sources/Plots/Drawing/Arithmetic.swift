import Glibc

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
func decimalLogarithm(_ value: Double) -> Double { log10(value) }
