import Testing

@testable import CommandSupport

/// A clock that the test sets, and what was written.
private final class Screen {
    var time = 100.0
    var text = ""

    func bar(_ terminal: Terminal) -> ProgressBar {
        ProgressBar(terminal: terminal, now: { self.time }, write: { self.text += $0 })
    }
}

@Test("draws Keras' bar, ten times a second at most, over itself")
func liveBar() {
    let screen = Screen()
    var bar = screen.bar(Terminal(isTerminal: true, width: 120))
    var asked = 0
    func values() -> ProgressBar.Values {
        asked += 1
        return [("loss", 0.71239), ("lr", 0.0001)]
    }
    bar.begin(epoch: 1, of: 30, steps: 1719)
    screen.time += 1
    bar.update(step: 860, values())
    screen.time += 0.05
    bar.update(step: 880, values())
    #expect(asked == 1)
    screen.time += 3.95
    bar.end([("loss", 0.5), ("val_accuracy", 0.97)])
    // The times of Keras: 1 s for 860 steps leaves 0.99 s for the other 859; 5 s over 1719 are 3 ms.
    let first = "\r 860/1719 [==============>...............] - ETA: 0s - loss: 0.7124 - lr: 1.0000e-04"
    let last =
        "\r1719/1719 [==============================] - 5s 3ms/step - loss: 0.5000 - val_accuracy: 0.9700"
    #expect(screen.text == "Epoch 1/30\n" + first + last + "\n")
}

@Test("wipes what a longer line left, and never wraps")
func barWidths() {
    let screen = Screen()
    var bar = screen.bar(Terminal(isTerminal: true, width: 60))
    bar.begin(epoch: 2, of: 2, steps: 10)
    screen.time += 700
    bar.update(step: 1, [("a_long_name", 1)])
    screen.time += 1
    bar.update(step: 10, [])
    bar.interrupt()
    // The bar gives way to the numbers, down to ten characters.
    let long = "\r 1/10 [>.............] - ETA: 1:45:00 - a_long_name: 1.0000"
    let short = "\r10/10 [==============================] - ETA: 0s"
    #expect(screen.text == "Epoch 2/2\n" + long + short + String(repeating: " ", count: 11) + "\n")
}

@Test("writes one line an epoch where nobody watches")
func plainLines() {
    let screen = Screen()
    var bar = screen.bar(Terminal(isTerminal: false))
    bar.begin(epoch: 3, of: 30, steps: 20)
    screen.time += 0.001
    bar.update(step: 10, [("loss", 1)])
    screen.time += 0.001
    bar.end([("loss", .nan), ("tiny", -0.00012345)])
    #expect(screen.text == "Epoch 3/30: 20/20 - 0s 100us/step - loss: nan - tiny: -1.2345e-04\n")
}
