import Glibc
import KerasFile

Quarantine.serveIfAsked()

// usage: measure [--runs N] [--quick] [--digit-floor FILE] WORK…   a JSON line for each measurement
//        measure guard WORK COUNT                                  what perf-guard.sh counts
//        measure table RECORDS FACTS RESULTS                       the table of RECORDS, also into the file RESULTS
let works: [String: (Options) throws -> Void] = [
    "sgd": { try measureEpochs($0, normalized: false) }, "adam": { try measureEpochs($0, normalized: true) },
    "wine": measureWine, "lenet": measureLeNet, "images": measureManyImages, "image": measureOneImage,
    "report": measureReport,
    "score": measureScoring, "columns": measureColumns, "digit": measureColdStart, "lists": measureLists,
    "register": measureRegistering,
    "memory": measureMemory, "rows": scaleRows, "batch": scaleBatch, "width": scaleWidth,
    "threads": scaleThreads, "density": scaleDensity,
]

var options = Options()
var words = CommandLine.arguments.dropFirst()
switch words.first {
case "guard" where words.count == 3:
    try guarded(words[2], count: Int(words[3]) ?? 1)
case "table" where words.count == 4:
    try writeTable(records: words[2], facts: words[3], to: words[4])
default:
    while let word = words.popFirst() {
        switch word {
        case "--runs": options.runs = words.popFirst().flatMap { Int($0) } ?? options.runs
        case "--quick": options.isQuick = true
        case "--digit-floor": options.digitFloor = words.popFirst()
        default:
            guard let work = works[word] else { failed(["measure", word], "is not known") }
            try work(options)
        }
    }
}
