import Base
import Testing

@Test(
    "a measured value has four decimal places, or four digits",
    arguments: [
        (0, "0.0000"), (12345.67891, "12345.6789"), (0.98765, "0.9877"), (-0.012345, "-0.0123"),
        (0.00876543, "0.008765"),
        (-0.001, "-0.001000"), (0.00012345, "1.2345e-04"), (8.6886e-11, "8.6886e-11"),
        (-1e-300, "-1.0000e-300"),
        (.nan, "nan"), (.infinity, "inf"),
    ])
func measured(_ value: Double, _ text: String) { #expect(value.measured == text) }

@Test("the median is NumPy's")
func medians() {
    #expect(median(ofAscending: [Double]()) == nil && median(ofAscending: [3.0]) == 3)
    #expect(median(ofAscending: [1.0, 2, 9]) == 2 && median(ofAscending: [1.0, 2, 4, 9]) == 3)
}
