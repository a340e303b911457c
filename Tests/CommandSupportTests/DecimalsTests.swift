import Base
import Testing

// Python's '%.*f' and '%.*e' of the same values.
@Test(
    "rounds and writes numbers as Python does",
    arguments: [
        (0.125, 2, "0.12", "1.25e-01"), (0.375, 2, "0.38", "3.75e-01"), (2.5, 0, "2", "2e+00"),
        (-0.00004, 4, "-0.0000", "-4.0000e-05"), (.infinity, 1, "inf", "inf"), (.nan, 1, "nan", "nan"),
        (1e300 * 0, 3, "0.000", "0.000e+00"),
        (0.1, 25, "0.1000000000000000055511151", "1.0000000000000000555111512e-01"),
    ] as [(Double, Int, String, String)])
func decimals(_ value: Double, _ digits: Int, _ fixed: String, _ scientific: String) {
    #expect(value.fixed(digits) == fixed)
    #expect(value.scientific(digits) == scientific)
    #expect((-Double.nan).fixed(2) == "nan")
}
