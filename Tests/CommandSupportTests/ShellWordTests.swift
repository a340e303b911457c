import Testing

@testable import CommandSupport

@Test("another command is named as this one was called")
func otherCommands() {
    #expect(commandPath("infer", calledAs: "trainer") == "infer")
    #expect(commandPath("infer", calledAs: "bin/trainer") == "bin/infer")
    #expect(commandPath("infer", calledAs: "/opt/my tools/trainer") == "'/opt/my tools/infer'")
}

@Test("a shell's words are quoted where they must be")
func shellWords() {
    #expect(shellWord("recipes/mnist-bn.yaml") == "recipes/mnist-bn.yaml")
    #expect(shellWord("my recipe.yaml") == "'my recipe.yaml'")
    #expect(shellWord("it's") == "'it'\\''s'")
    #expect(shellWord("*") == "'*'" && shellWord("") == "''")
}
