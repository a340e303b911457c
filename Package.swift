// swift-tools-version: 6.2
import PackageDescription

// The Makefile sets CELLAR_CHECKS: warnings are then errors, and number loops are optimized in debug builds
// too (they run 50 to 180 times slower without). Both need unsafe flags, which would bar other packages from
// depending on these libraries, so they are off by default.
let checks = Context.environment["CELLAR_CHECKS"] != nil
// Swift 6.3 frees an array that it has put on the stack before its span is read (`write([rate].span)` writes another number,
// where `span` is not inlined), so that arrays stay on the heap in the commands.
let heapArrays: [SwiftSetting] =
    Context.environment["CELLAR_STATIC"] == nil
    ? []
    : [.unsafeFlags(["-Xllvm", "-sil-disable-pass=stack-promotion"], .when(configuration: .release))]
let swift: [SwiftSetting] =
    [.strictMemorySafety()] + (checks ? [.treatAllWarnings(as: .error)] : []) + heapArrays
let numbers: [SwiftSetting] =
    swift + (checks ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : [])
let c: [CSetting] = checks ? [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])] : []
let cxx: [CXXSetting] = checks ? [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])] : []

// Debian's archive: a process that opens a file with the shared libhdf5 loads 33 libraries more (curl, krb5 …).
let hdf5: [LinkerSetting] =
    ["libhdf5_serial.a", "libsz.a", "libaec.a"].map { .linkedLibrary(":" + $0) }
    + [.linkedLibrary("z"), .linkedLibrary("m"), .linkedLibrary("dl")]

// The Makefile sets CELLAR_STATIC for release builds. The commands are then one static executable: the dynamic linker's work
// on nine libraries and 90,000 relocations is a third of what a prediction takes, and such a command runs where none of
// the libraries is installed. (Of the two linkers, lld does not warn of functions that are never called.) The tables that exceptions
// are handled with, 5 MB, are left out: nothing in it throws one.
let wholly: [LinkerSetting] =
    Context.environment["CELLAR_STATIC"] == nil
    ? []
    : [
        .unsafeFlags(
            [
                "-static-executable", "-use-ld=lld", "-Xlinker", "-O2", "-Xlinker", "--no-eh-frame-hdr",
                "-Xlinker", "scripts/no-eh-frame.ld",
            ],
            .when(platforms: [.linux], configuration: .release))
    ]

// The Makefile sets CELLAR_COMMIT for release builds; `--version` shows it.
let commit: [CSetting] =
    Context.environment["CELLAR_COMMIT"].map { [.define("CELLAR_COMMIT", to: "\"\($0)\"")] } ?? []

// Code without loops over numbers is built for size in release builds: the executable loads faster.
let size: [SwiftSetting] =
    Context.environment["CELLAR_STATIC"] == nil
    ? [] : [.unsafeFlags(["-Osize"], .when(configuration: .release))]
let small = swift + size

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], numeric: Bool = false, isFast: Bool = true
) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: (numeric ? numbers : swift) + (isFast ? [] : size))
}

func tests(_ name: String, _ dependencies: [Target.Dependency], golden: Bool = false) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], exclude: golden ? ["Golden"] : [],
        swiftSettings: numbers)
}

let package = Package(
    name: "cellar",
    products: [
        .library(name: "Cellar", targets: ["Cellar"]),
        .library(name: "Trainer", targets: ["Trainer"]),
        .library(name: "Infer", targets: ["Infer"]),
        .library(name: "Registry", targets: ["Registry"]),
        .library(name: "Plots", targets: ["Plots"]),
        .library(name: "Datasets", targets: ["Datasets", "Zip"]),
        .executable(name: "cellar", targets: ["CellarCommand"]),
        .executable(name: "cellar-draw", targets: ["CairoDrawing"]),
        .executable(name: "cellar-mpi", targets: ["RankExchange"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // System libraries, and the smallest C and C++ around them.
        .systemLibrary(name: "CHDF5", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSQLiteOptions", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CNettle", providers: [.apt(["nettle-dev"])]),
        .target(name: "CPNG", cSettings: c, linkerSettings: [.linkedLibrary("png16")]),
        .target(name: "CJPEG", cSettings: c, linkerSettings: [.linkedLibrary("jpeg")]),
        .target(name: "CKernels", cSettings: c),
        .target(name: "CMemory", cSettings: c),
        .target(name: "CNumbers", cxxSettings: cxx),
        .target(name: "CBuild", cSettings: c + commit),
        .target(name: "CNoLocaleData", cSettings: c),
        .target(name: "CProcess", cSettings: c),
        // The program that draws PNG and PDF files: a static executable cannot load Cairo.
        .executableTarget(
            name: "CairoDrawing", cSettings: c, linkerSettings: [.linkedLibrary("dl"), .linkedLibrary("m")]),

        // The program that exchanges gradients over MPI, which cannot be loaded either.
        .executableTarget(name: "RankExchange", cSettings: c, linkerSettings: [.linkedLibrary("dl")]),

        // Values that everything may speak of.
        library("Base", ["CNettle", "CMemory"]),

        // Signatures of model files: keys, and bundles of OpenSSF Model Signing.
        .target(
            name: "CSigning", cSettings: c,
            linkerSettings: [.linkedLibrary("hogweed"), .linkedLibrary("nettle"), .linkedLibrary("gmp")]),
        library("Signing", ["Base", "CSigning"], isFast: false),

        // Figures as values, and their files.
        library("Plots", ["Base", "CProcess", "CZlib"]),

        // Numbers.
        library("Tensors", ["CKernels", "CMemory"], numeric: true),
        library("Datasets", ["Tensors", "Base", "CPNG", "CJPEG", "CZlib", "CNumbers"], numeric: true),
        library("Metrics", ["Base"], numeric: true, isFast: false),
        library("Network", ["Tensors", "Base"], numeric: true),

        // Files.
        .target(name: "Zip", dependencies: ["Base", "CZlib"], swiftSettings: numbers + size),
        .target(
            name: "HDF5", dependencies: ["Base", "CHDF5", "CMemory"], swiftSettings: numbers + size,
            linkerSettings: hdf5),
        library(
            "KerasFile", ["Network", "Tensors", "HDF5", "Zip", "Base"], numeric: true),
        .target(name: "WireFormat", swiftSettings: numbers + size),
        library("ArrowIPC", ["Base"], numeric: true),
        library("EventFiles", ["WireFormat", "Base"], numeric: true),
        library("MetricFigures", ["Metrics", "Plots", "Base"], isFast: false),
        .target(
            name: "ONNX", dependencies: ["Network", "Tensors", "Base", "WireFormat"], swiftSettings: small),

        // The three rooms of the house; none of them imports another.
        library(
            "Trainer",
            [
                "Network", "Tensors", "KerasFile", "Datasets", "Base", "EventFiles", "Metrics",
                "MetricFigures", "Plots", yams,
            ], isFast: false),
        library(
            "Infer",
            [
                "Network", "Tensors", "KerasFile", "Datasets", "Metrics", "MetricFigures", "Plots",
                "ArrowIPC",
                "Base",
            ]),
        library("Registry", ["Base", "Signing", "CSQLiteOptions", grdb, sqlite]),

        // Use cases: a request in, a result out.
        .target(
            name: "Cellar",
            dependencies: [
                "Trainer", "Registry", "Infer", "KerasFile", "ONNX", "Network", "Tensors", "Datasets",
                "ArrowIPC", "Metrics", "EventFiles", "MetricFigures", "Plots", "Signing", "Base", "CProcess",
            ], swiftSettings: small),

        // Commands: arguments in, text out. One executable has all of them.
        .target(
            name: "CommandSupport", dependencies: ["CBuild", "Base", argumentParser],
            path: "Sources/Commands/Support", swiftSettings: small),
        .target(
            name: "StoreSupport",
            dependencies: ["CommandSupport", "Cellar", "Registry", "Plots", "Base", argumentParser],
            path: "Sources/Commands/StoreSupport", swiftSettings: small),
        .target(
            name: "TrainerCommand",
            dependencies: [
                "StoreSupport", "Cellar", "CommandSupport", "Trainer", "Registry", "Plots", "Base",
                argumentParser,
            ],
            path: "Sources/Commands/trainer", swiftSettings: small),
        .target(
            name: "RegistryCommand",
            dependencies: [
                "StoreSupport", "Cellar", "CommandSupport", "Registry", "Datasets", "Metrics", "Plots",
                "Base",
                argumentParser,
            ],
            path: "Sources/Commands/registry", swiftSettings: small),
        .target(
            name: "InferCommand",
            dependencies: [
                "StoreSupport", "Cellar", "CMemory", "CommandSupport", "Plots", "Base", "Datasets", "Infer",
                "Metrics", argumentParser,
            ],
            path: "Sources/Commands/infer", swiftSettings: small),
        .executableTarget(
            name: "CellarCommand",
            dependencies: [
                "TrainerCommand", "RegistryCommand", "InferCommand", "CommandSupport", "KerasFile",
                "Base", "CNoLocaleData", argumentParser,
            ],
            path: "Sources/Commands/cellar", swiftSettings: small, linkerSettings: wholly),

        // One test target a library; the last one runs the built commands.
        .target(
            name: "TestSupport", dependencies: ["Base", "Tensors"], path: "Tests/Support",
            swiftSettings: numbers),
        tests("BaseTests", ["Base"], golden: true),
        tests("DatasetsTests", ["Datasets"], golden: true),
        tests("PlotsTests", ["Plots"], golden: true),
        tests("MetricsTests", ["Metrics"], golden: true),
        tests("NetworkTests", ["Network", "KerasFile"], golden: true),
        tests("ZipTests", ["Zip"], golden: true),
        tests("HDF5Tests", ["HDF5"], golden: true),
        tests("KerasFileTests", ["KerasFile", "Zip"], golden: true),
        tests("ONNXTests", ["ONNX", "KerasFile", "WireFormat"]),
        tests("ArrowIPCTests", ["ArrowIPC"], golden: true),
        tests("EventFilesTests", ["EventFiles", "WireFormat"], golden: true),
        tests("TrainerTests", ["Trainer", "KerasFile", "EventFiles"], golden: true),
        tests("InferTests", ["Infer"], golden: true),
        tests("RegistryTests", ["Base", "Registry", "Signing"]),
        tests(
            "CellarTests",
            [
                "Cellar", "Infer", "KerasFile", "Registry", "Network", "Datasets", "Metrics", "Tensors",
                "EventFiles", "Plots",
                "Base",
            ]),
        tests("CommandSupportTests", ["CommandSupport"]),
        tests("EndToEndTests", ["CellarCommand"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17,
    cxxLanguageStandard: .cxx20
)
