import Testing

@testable import Plots

@Suite("Ticks")
struct TickTests {
    private func labels(_ domain: ClosedRange<Double>, _ axis: PlotAxis = PlotAxis(), _ count: Int = 5)
        -> [String]
    {
        var mapping = AxisMapping(axis, values: [], padding: 0, touchesZero: false)
        mapping.domain = domain
        return mapping.ticks(axis, count: count).map(\.label)
    }

    @Test("are round numbers with as many decimals as their step")
    func linear() {
        #expect(labels(0...1) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(labels(0.951...0.979) == ["0.955", "0.960", "0.965", "0.970", "0.975"])
        #expect(labels(-3...60_000) == ["0", "10,000", "20,000", "30,000", "40,000", "50,000", "60,000"])
        #expect(labels(0...0.00003) == ["0", "5e-6", "1e-5", "1.5e-5", "2e-5", "2.5e-5", "3e-5"])
        #expect(
            labels(0...1, PlotAxis(format: .percent)) == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"])
    }

    @Test("of epochs are whole and begin with 1")
    func epochs() {
        #expect(labels(0.5...1.5, PlotAxis(isIntegral: true)) == ["1"])
        #expect(labels(0.4...30.6, PlotAxis(isIntegral: true)) == ["1", "5", "10", "15", "20", "25", "30"])
    }

    @Test("of a logarithmic axis are powers of ten, or 1, 2 and 5 of each")
    func logarithmic() {
        #expect(
            labels(-5 ... -1, PlotAxis(scale: .logarithmic))
                == ["1e-5", "0.0001", "0.001", "0.01", "0.1"])
        #expect(labels(-2 ... -1, PlotAxis(scale: .logarithmic)) == ["0.01", "0.02", "0.05", "0.1"])
    }

    @Test("exist for ranges at the limits of numbers")
    func extremes() throws {
        for value in [
            1e300, -1e300, 1e299, 3.7e-300, .leastNormalMagnitude, .leastNonzeroMagnitude,
            .greatestFiniteMagnitude,
            .infinity, .nan,
        ] {
            for scale in [PlotAxis.AxisScale.linear, .logarithmic] {
                let axis = PlotAxis(scale: scale)
                let mapping = AxisMapping(axis, values: [0, value, 1], padding: 0.05, touchesZero: false)
                let domain = mapping.domain
                #expect(domain.lowerBound.isFinite && domain.upperBound.isFinite)
                let ticks = mapping.ticks(axis, count: 5)
                #expect((2...20).contains(ticks.count), "\(value), \(scale): \(ticks)")
                // Different values in order, with different labels, each within the axis.
                #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value })
                #expect(Set(ticks.map(\.label)).count == ticks.count, "\(value), \(scale): \(ticks)")
                for tick in ticks {
                    let place = try #require(mapping.place(tick.value))
                    #expect((-0.001...1.001).contains(place), "\(value), \(scale): \(tick)")
                    // The label is the value, to the digits that it shows.
                    let shown = try #require(Double(tick.label.replacing(",", with: "")))
                    #expect(abs(shown - tick.value) <= 0.1 * abs(tick.value))
                }
            }
        }
    }
}
