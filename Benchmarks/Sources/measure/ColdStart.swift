import Foundation

/// `infer digit.png`, nothing in memory but the system's file cache: with the default model, and with the dense one beside
/// the least that a program could do for it.
func measureColdStart(_ options: Options) throws {
    let digit = "data/digits/7_mnist.png"
    let standard = [options.command("infer"), digit]
    let dense = standard + ["--model", "mnist:1"]
    let floor = try options.digitFloor.map { floor in
        [
            floor, "models/TRAINED_MODEL/" + (try denseFile()), digit, "hiddenLayer1", "hiddenLayer2",
            "outputLayer",
        ]
    }
    // In turn, as all are so short that what else goes on decides more than they do.
    let works =
        [("Cellar", standard), ("Cellar, mnist:1", dense)] + (floor.map { [("static C floor", $0)] } ?? [])
    var seconds = works.map { _ in [Double]() }
    for _ in 0..<options.runs * 10 {
        for (index, work) in works.enumerated() {
            seconds[index].append(run(work.1, input: "/dev/null", output: "/dev/null").seconds)
        }
    }
    for (index, work) in works.enumerated() {
        report("infer digit.png: \(work.0)", seconds: seconds[index])
    }
}

/// The file of mnist:1, which is the smallest of the digit models: SGD keeps no arrays.
func denseFile() throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: "models/TRAINED_MODEL").filter {
        $0.hasSuffix(".h5")
    }
    let sizes = try names.map { name in
        let facts = try FileManager.default.attributesOfItem(atPath: "models/TRAINED_MODEL/" + name)
        return (name, (facts[.size] as? Int) ?? 0)
    }
    return sizes.filter { $0.1 > 500_000 }.min { $0.1 < $1.1 }?.0 ?? names[0]
}
