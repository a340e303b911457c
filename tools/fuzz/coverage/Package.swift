// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds Cellar builds it. fuzz.sh gives the flags that make libFuzzer see all code.
let package = Package(
    name: "coverage-fuzz",
    dependencies: [.package(name: "cellar", path: "../../..")],
    targets: [
        .executableTarget(
            name: "cellar-fuzz",
            dependencies: [
                .product(name: "Registry", package: "cellar"),
                .product(name: "Datasets", package: "cellar"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
