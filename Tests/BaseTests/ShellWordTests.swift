import Base
import Testing

@Test("a shell's words are quoted where they must be")
func shellWords() {
    #expect(shellWord("recipes/mnist-bn.yaml") == "recipes/mnist-bn.yaml")
    #expect(shellWord("my recipe.yaml") == "'my recipe.yaml'")
    #expect(shellWord("it's") == "'it'\\''s'")
    #expect(shellWord("*") == "'*'" && shellWord("") == "''")
}
