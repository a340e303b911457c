// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds Cellar builds its measurements.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "cellar", path: "..")],
    targets: [
        .executableTarget(
            name: "measure",
            dependencies: ["Cellar", "Trainer", "Infer", "Registry"].map {
                .product(name: $0, package: "cellar")
            })
    ],
    swiftLanguageModes: [.v6]
)
