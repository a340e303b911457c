import Base
import Testing

@testable import CommandSupport

@Test(
    "CSV is as RFC 4180 has it",
    arguments: [
        (["a", "b"], "a,b\r\n"), (["a,b", "c"], "\"a,b\",c\r\n"), (["say \"x\""], "\"say \"\"x\"\"\"\r\n"),
        (["line\nend", "r\rx"], "\"line\nend\",\"r\rx\"\r\n"), ([nil, 0.5, true, nil], ",0.5,true,\r\n"),
        ([nil], "\"\"\r\n"), ([["best", "prod"], []], "\"best,prod\",\r\n"),
        ([1e-7, 12, .number(.nan)], "1e-07,12,NaN\r\n"),
        (["é|", "' "], "é|,\"' \"\r\n"),
    ] as [([JSON?], String)])
func csvRecords(_ values: [JSON?], _ expected: String) {
    #expect(Records.csv(values) == expected)
}

@Test("Markdown aligns numbers to the right, and cells cannot end the table")
func markdownTable() {
    let found = Records.markdown(
        ["name", "a|b", "n"],
        [["x|y", "two\nlines \u{1B}[0m", 1], ["`c` *d* <b> \\", nil, 0.25], ["e", "f", nil]])
    #expect(
        found == #"""
            | name | a\|b | n |
            | --- | --- | ---: |
            | x\|y | two\\nlines \\x1b\[0m | 1 |
            | \`c\` \*d\* &lt;b> \\ |  | 0.25 |
            | e | f |  |

            """#)
    #expect(Records.markdown(["n"], []) == "| n |\n| --- |\n")
}

@Test("lines of JSON are strict, and missing values are null")
func jsonLines() throws {
    let object = Records.object(["a", "b", "c"], [1, nil, .number(.infinity)])
    #expect(Records.jsonLine(object) == "{\"a\": 1, \"b\": null, \"c\": null}\n")
}
