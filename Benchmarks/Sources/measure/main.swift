import Glibc
import Network
import Tensors

let folder = CommandLine.arguments.dropFirst().first ?? "../data"
let digits = try Digits(folder: folder + "/mnist")
let plain = try digitsModel(batchNormalization: false)
let normalized = try digitsModel(batchNormalization: true)
if CommandLine.arguments.dropFirst(2).first == "one" {
    try measureOneImage(digits, model: plain, runs: 21)
    exit(0)
}
for threads in 1...Processor.count {
    try measureEpoch(
        "epoch SGD 32, threads \(threads)", digits: digits, model: plain, optimizer: SGD(), batchSize: 32, threads: threads,
        runs: 5)
    try measureEpoch(
        "epoch BN Adam 64, threads \(threads)", digits: digits, model: normalized, optimizer: Adam(), batchSize: 64,
        threads: threads, runs: 5)
}
