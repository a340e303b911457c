import Foundation

/// `infer digit.png`, nothing in memory but the system's file cache; and the least that a program could do for it.
func measureColdStart(_ options: Options) throws {
    let digit = "data/digits/7_mnist.png"
    let ours = [options.command("infer"), digit]
    let floor = try options.digitFloor.map { floor in
        [
            floor, "models/TRAINED_MODEL/" + (try mnistFile()), digit, "hiddenLayer1", "hiddenLayer2",
            "outputLayer",
        ]
    }
    // In turn, as both are so short that what else goes on decides more than they do.
    var (seconds, least): ([Double], [Double]) = ([], [])
    for _ in 0..<options.runs * 10 {
        seconds.append(run(ours, input: "/dev/null", output: "/dev/null").seconds)
        if let floor { least.append(run(floor, input: "/dev/null", output: "/dev/null").seconds) }
    }
    report("infer digit.png: Cellar", seconds: seconds)
    if !least.isEmpty { report("infer digit.png: static C floor", seconds: least) }
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
