import Base
import Testing

@Test(
    "a text has no markup in Markdown",
    arguments: [
        ("val_loss", "val_loss"), ("_a_ __b__", "\\_a\\_ \\_\\_b\\_\\_"), ("a|b\\", "a\\|b\\\\"),
        ("# head", "\\# head"), ("a # b", "a # b"), ("> said", "\\> said"), ("a > b", "a > b"),
        ("<b>&copy;", "&lt;b>&amp;copy;"), ("[x](http://a)", "\\[x\\](http://a)"),
        ("`c` *d*", "\\`c\\` \\*d\\*"),
        ("~~gone~~", "\\~\\~gone\\~\\~"), ("one\n# two", "one\\\\n# two"), ("", ""),
    ])
func markdownTexts(_ text: String, _ expected: String) {
    #expect(markdownText(text) == expected)
}
