import Foundation

/// `infer digit.png`, nothing in memory but the system's file cache; and the least that a program could do for it.
func measureColdStart(_ options: Options) throws {
    let digit = "data/digits/7_mnist.png"
    let plain = runs(options.runs * 5, of: [options.command("infer"), digit])
    report("infer digit.png: Cellar", seconds: plain.seconds)
    guard let floor = options.digitFloor else { return }
    let model = "models/TRAINED_MODEL/" + (try mnistFile())
    let least = runs(
        options.runs * 5, of: [floor, model, digit, "hiddenLayer1", "hiddenLayer2", "outputLayer"])
    report("infer digit.png: static C floor", seconds: least.seconds)
}

/// The file of the model that `infer` takes by itself, mnist@best or else mnist, but the plain one that the floor knows.
private func mnistFile() throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: "models/TRAINED_MODEL").filter {
        $0.hasSuffix(".h5")
    }
    let sizes = try names.map { name in
        let facts = try FileManager.default.attributesOfItem(atPath: "models/TRAINED_MODEL/" + name)
        return (name, (facts[.size] as? Int) ?? 0)
    }
    // Plain SGD keeps no optimizer arrays: of the two digit models it is the one of about a megabyte.
    return sizes.filter { $0.1 > 500_000 }.min { $0.1 < $1.1 }?.0 ?? names[0]
}
