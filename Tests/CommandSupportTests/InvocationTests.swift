import Testing

@testable import CommandSupport

@Test(
    "a command is the executable's name or its first argument",
    arguments: [
        (["trainer", "fit", "a.yaml"], "trainer", ["fit", "a.yaml"]),
        (["/usr/bin/infer"], "infer", []),
        (["./cellar", "registry", "list"], "registry", ["list"]),
        (["cellar", "--version"], nil, ["--version"]),
        (["cellar"], nil, []),
        ([], nil, []),
    ] as [([String], String?, [String])])
func commandOfWords(words: [String], command: String?, arguments: [String]) {
    let call = Invocation(words)
    #expect(call.command?.rawValue == command)
    #expect(Array(call.arguments) == arguments)
}

@Test(
    "another command is named as this one was called",
    arguments: [
        (["trainer"], "infer"), (["bin/trainer"], "bin/infer"),
        (["/opt/my tools/trainer"], "'/opt/my tools/infer'"),
        (["cellar", "trainer"], "cellar infer"), (["bin/cellar", "trainer"], "bin/cellar infer"),
    ])
func otherCommands(words: [String], path: String) {
    #expect(Invocation(words).path(of: .infer) == path)
}
