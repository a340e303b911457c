import Foundation
import Base
import Testing

// How the commands can be called: under their own names or through `cellar`, with aliases, misspelt, by a shell.

@Test("every command says its version", arguments: ["cellar", "trainer", "registry", "infer"])
func version(command: String) throws {
    try Workplace.make { place in
        let told = try place.run(command, ["--version"])
        #expect(told.status == 0 && told.errors.isEmpty)
        #expect(
            told.output.wholeMatch(of: /(\w+) \d+\.\d+\.\d+ \(commit [0-9a-z-]+\)\n/)?.1 == command[...],
            "\(told.output)")
    }
}

@Test("cellar runs the commands, and says what to type next in the same way")
func throughCellar() throws {
    try Workplace.make { place in
        let recipe = Workplace.shipped("recipes/wine.yaml")
        let fit = try place.run("cellar", ["trainer", "fit", recipe, "--epochs", "1"])
        #expect(fit.status == 0, "\(fit.errors)")
        #expect(fit.output.contains("/cellar registry show wine:1"), "\(fit.output)")
        let shown = try place.run("cellar", ["registry", "show", "wine", "--json"]).json
        #expect(shown["command_line"]?.array?.first == "trainer")
        #expect(shown["command_line"]?.array?[1] == "fit")

        let digit = Workplace.shipped("data/digits/3_paper.png")
        let store = ["--store", Workplace.shipped("models")]
        let direct = try place.run("infer", [digit] + store)
        let nested = try place.run("cellar", ["infer", digit] + store)
        #expect(direct.status == 0 && direct.output == nested.output)
        #expect(
            try place.run("cellar", ["infer", "score", "--help"]).output.contains("USAGE: cellar infer score")
        )
    }
}

@Test("ls and rm are list and delete")
func aliases() throws {
    try Workplace.make { place in
        let store = Workplace.shipped("models")
        let (ls, list) = (
            try place.registry("ls", "--store", store), try place.registry("list", "--store", store)
        )
        #expect(ls.status == 0 && ls.output == list.output)
        let (rm, delete) = (try place.registry("rm", "nothing"), try place.registry("delete", "nothing"))
        #expect(rm.status == delete.status && rm.errors == delete.errors)
    }
}

@Test(
    "a misspelt subcommand, or one with another program's name, is suggested",
    arguments: [
        ("registry", ["lst"], "registry: no such command `lst`; did you mean `registry list`?\n"),
        ("registry", ["vs", "a"], "registry: no such command `vs`; did you mean `registry compare`?\n"),
        ("infer", ["evalute", "x"], "infer: no such command `evalute`; did you mean `infer evaluate`?\n"),
        ("cellar", ["regisry"], "cellar: no such command `regisry`; did you mean `cellar registry`?\n"),
        (
            "cellar", ["registry", "lst"],
            "cellar: no such command `lst`; did you mean `cellar registry list`?\n"
        ),
        ("trainer", ["xyz"], "trainer: no such command `xyz`; `trainer --help` lists the commands.\n"),
    ])
func suggestions(command: String, words: [String], errors: String) throws {
    try Workplace.make { place in
        let refused = try place.run(command, words)
        #expect(refused.status == 64 && refused.output.isEmpty)
        #expect(refused.errors == errors)
        let json = try JSON(parsing: place.run(command, words + ["--json"]).errors)
        #expect(json["error"]?["message"]?.string.map { "\(command): \($0)\n" } == errors)
    }
}

@Test("a subcommand of another command is suggested with that command")
func suggestionsElsewhere() throws {
    try Workplace.make { place in
        let refused = try place.trainer("list")
        #expect(refused.status == 64)
        #expect(refused.errors.hasSuffix("/registry list`?\n"), "\(refused.errors)")
    }
}

@Test("infer takes a file that is called almost like a subcommand")
func fileLikeSubcommand() throws {
    try Workplace.make { place in
        let digit = try Data(contentsOf: URL(fileURLWithPath: Workplace.shipped("data/digits/3_paper.png")))
        _ = try place.file("evalute", digit)
        #expect(try place.infer("evalute", "--store", Workplace.shipped("models")).status == 0)
    }
}

@Test(
    "a shell is told models, aliases and versions",
    arguments: [
        ("", "mnist\nmnist-bn\nwine\n"), ("wi", "wine\nwine@best\nwine:1\n"), ("mnist@", "mnist@best\n"),
        ("mnist-bn:", "mnist-bn:1\n"),
    ])
func completions(typed: String, offered: String) throws {
    try Workplace.make { place in
        let words = ["registry", "show", "--store", Workplace.shipped("models"), typed]
        // The shell's call: the subcommand, the argument, the word's index, the cursor in it, and all words.
        let told = try place.run(
            "registry", ["---completion", "show", "--", "positional@0", "4", "\(typed.utf8.count)"] + words)
        #expect(told.status == 0)
        #expect(told.output.hasPrefix(offered), "\(told.output) \(told.errors)")
    }
}

@Test("every command has a manual page", arguments: ["cellar", "trainer", "registry", "infer"])
func manualPage(command: String) throws {
    try Workplace.make { place in
        let page = try place.run("cellar", ["manual", command])
        #expect(page.status == 0)
        #expect(page.output.hasPrefix(".TH \(command.uppercased()) 1 "))
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "SEE ALSO"] {
            #expect(page.output.contains("\n.SH \(section)\n"))
        }
    }
}

@Test("versions are found and listed in every format")
func listFormats() throws {
    try Workplace.make { place in
        func search(_ words: String...) throws -> Workplace.Outcome {
            try place.run("registry", ["search", "--store", Workplace.shipped("models")] + words)
        }
        let condition =
            "optimizer = 'adam' and model <> 'mnist' and not tags.draft and (val_accuracy > 0.97 or seed = 11)"
        func found(_ format: String) throws -> String {
            try search(
                "--where", condition, "--sort", "-val_accuracy", "--columns", "optimizer,batch_size",
                "--format",
                format
            ).output
        }
        #expect(
            try found("table")
                == "reference\toptimizer\tbatch_size\nwine:1\tAdam\t64\nmnist-bn:1\tAdam\t64\n")
        #expect(
            try found("csv")
                == "reference,optimizer,batch_size\r\nwine:1,Adam,64\r\nmnist-bn:1,Adam,64\r\n")
        #expect(
            try found("md") == """
                | reference | optimizer | batch_size |
                | --- | --- | ---: |
                | wine:1 | Adam | 64 |
                | mnist-bn:1 | Adam | 64 |

                """)
        let lines = try found("jsonl").split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(lines.first == ["reference": "wine:1", "optimizer": "Adam", "batch_size": 64])
        #expect(try JSON(parsing: found("json")) == .array(lines) && lines.count == 2)
        let whole = try search("--where", condition, "--json").output
        #expect(try JSON(parsing: whole).array?.first?["sha256"] != nil)
        let table = try search("--where", condition, "--format", "csv").output.split(separator: "\r\n")
        #expect(table.count == 3 && table[0].hasPrefix("reference,aliases,created,accuracy,loss,"))

        let bad = try search("--where", "val_accuracy > high")
        #expect(bad.status == 64 && bad.output.isEmpty)
        #expect(bad.errors.contains("\n  val_accuracy > high\n                 ^\n"), "\(bad.errors)")
        #expect(try search("--json", "--format", "csv").status == 64)
        #expect(try search("--columns", "optimizer,").status == 64)
        #expect(try search("--columns", "zest").errors.contains("called zest"))
    }
}

@Test("an empty --store is refused, and help that cannot be written is an error")
func emptyStore() throws {
    try Workplace.make { place in
        let refused = try place.registry("list", "--store", "")
        #expect(refused.status == 64 && refused.errors.contains("--store is empty"))
        #expect(try place.infer("./digit.png", "--store", "").status == 64)
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "\"$0\" --help > /dev/full", try Commands.url(of: "registry").path]
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 74)
    }
}

@Test(
    "nothing that is printed gets into a file if standard streams are closed",
    arguments: [("<&-", 0), (">&-", 74), ("2>&-", 0), ("<&- >&- 2>&-", 74)])
func closedStreams(closed: String, status: Int32) throws {
    try Workplace.make { place in
        let shipped = try String(contentsOfFile: Workplace.shipped("recipes/wine.yaml"), encoding: .utf8)
        let recipe = try place.file(
            "recipe.yaml",
            shipped.replacing("callbacks:", with: "callbacks:\n  - CSVLogger: { filename: log.csv }")
                .replacing("data/wine.csv", with: Workplace.shipped("data/wine.csv")))
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        let trainer = try Commands.url(of: "trainer").path
        shell.arguments = ["-c", "\"$0\" fit \"$1\" --epochs 2 \(closed)", trainer, recipe]
        shell.currentDirectoryURL = place.folder
        try shell.run()
        shell.waitUntilExit()
        // Output that cannot be written is an error, as on a full disk.
        #expect(shell.terminationStatus == status)
        let log = try place.text("log.csv")
        let rows = log.split(whereSeparator: \.isNewline).map { $0.split(separator: ",").count }
        #expect(rows.count == 3 && Set(rows).count == 1, "\(log)")
    }
}
