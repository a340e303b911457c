import Glibc
import Base

/// Keras' progress of training, on standard error: a bar that moves on a terminal, one line an epoch elsewhere.
///
///     Epoch 1/30
///     1719/1719 [==============================] - 5s 3ms/step - loss: 0.7124 - accuracy: 0.8012
///
/// Source: `Progbar` of Keras 2.10, keras/utils/generic_utils.py.
public struct ProgressBar {
    public typealias Values = [(name: String, value: Double)]

    private let terminal: Terminal
    private let now: () -> Double
    private let write: (String) -> Void
    private var epoch = 0
    private var epochs = 0
    private var steps = 0
    private var start = 0.0
    private var lastDrawn = 0.0
    /// Columns that the line on the screen takes.
    private var drawn = 0

    /// Seconds between two drawings.
    private static let interval = 0.1
    private static let barWidth = 30

    public init(terminal: Terminal = .error) {
        self.init(terminal: terminal, now: secondsSinceStart, write: writeToStandardError)
    }

    init(terminal: Terminal, now: @escaping () -> Double, write: @escaping (String) -> Void) {
        (self.terminal, self.now, self.write) = (terminal, now, write)
    }

    /// Begins epoch `epoch`, counted from 1, of so many steps.
    public mutating func begin(epoch: Int, of epochs: Int, steps: Int) {
        (self.epoch, self.epochs, self.steps) = (epoch, epochs, steps)
        (start, lastDrawn, drawn) = (now(), -.infinity, 0)
        if terminal.isTerminal { write("Epoch \(epoch)/\(epochs)\n") }
    }

    /// Shows that `step` steps are done; `values` are asked for only when the bar is drawn.
    public mutating func update(step: Int, _ values: @autoclosure () -> Values) {
        guard terminal.isTerminal else { return }
        let time = now()
        guard time - lastDrawn >= Self.interval else { return }
        lastDrawn = time
        let perStep = step > 0 ? (time - start) / Double(step) : 0
        draw(step, " - ETA: " + remaining(perStep * Double(steps - step)), values())
    }

    /// Ends the epoch with its final values, validation included.
    public mutating func end(_ values: Values) {
        let seconds = now() - start
        let times = " - \(seconds.fixed(0))s" + perStep(seconds / Double(max(1, steps)))
        if terminal.isTerminal {
            // Nothing is drawn over it any more: it may wrap, so that no value is cut off.
            show(line(steps, times, values))
            write("\n")
            drawn = 0
        } else {
            write("Epoch \(epoch)/\(epochs): \(steps)/\(steps)\(times)\(Self.text(values))\n")
        }
    }

    /// Goes to a new line where a bar stands unfinished, so that a message can follow.
    public mutating func interrupt() {
        if drawn > 0 { write("\n") }
        drawn = 0
    }

    /// ` - loss: 0.7124 - accuracy: 0.8012`, small values as `1.2345e-04`.
    public static func text(_ values: Values) -> String {
        values.map {
            " - \(printable($0.name)): " + (abs($0.value) > 1e-3 ? $0.value.fixed(4) : $0.value.scientific(4))
        }
        .joined()
    }

    private mutating func draw(_ step: Int, _ times: String, _ values: Values) {
        // A line that wraps could not be drawn over.
        let line = line(step, times, values)
        show(fitted(line, to: max(1, terminal.width - 1), isUnicode: terminal.isUnicode))
    }

    private func line(_ step: Int, _ times: String, _ values: Values) -> String {
        let count = "\(step)"
        let start =
            String(repeating: " ", count: max(0, "\(steps)".count - count.count)) + "\(count)/\(steps) ["
        let rest = "]" + times + Self.text(values)
        // On a narrow terminal the bar gives way to the numbers.
        let room = terminal.width - 1 - start.count - rest.count
        return start + bar(step, width: max(10, min(Self.barWidth, room))) + rest
    }

    /// Writes over the line on the screen.
    private mutating func show(_ line: String) {
        let width = textWidth(line)
        write("\r" + line + String(repeating: " ", count: max(0, drawn - width)))
        drawn = width
    }

    private func bar(_ step: Int, width: Int) -> String {
        let done = width * min(step, steps) / max(1, steps)
        if done == 0 { return String(repeating: ".", count: width) }
        return String(repeating: "=", count: done - 1) + (step < steps ? ">" : "=")
            + String(repeating: ".", count: width - done)
    }

    private func remaining(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 1e9)))
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if whole > 3600 { return "\(whole / 3600):\(two(whole % 3600 / 60)):\(two(whole % 60))" }
        if whole > 60 { return "\(whole / 60):\(two(whole % 60))" }
        return "\(whole)s"
    }

    private func perStep(_ seconds: Double) -> String {
        if seconds >= 1 || seconds == 0 { return " \(seconds.fixed(0))s/step" }
        if seconds >= 1e-3 { return " \((seconds * 1e3).fixed(0))ms/step" }
        return " \((seconds * 1e6).fixed(0))us/step"
    }
}

/// A clock that only goes forward.
private func secondsSinceStart() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
