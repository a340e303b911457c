import Testing

@testable import Base

@Test("reads each kind of value")
func values() throws {
    let json = try JSON(parsing: " {\"a\" : [1, -2.5e1 ,true,false,null, \"x\"],\r\n\t\"b\":{} } ")
    #expect(json == ["a": [1, -25.0, true, false, nil, "x"], "b": [:]])
    #expect(try JSON(parsing: "[NaN]").array?.first?.double?.isNaN == true)
    #expect(try JSON(parsing: "[Infinity,-Infinity]") == [.number(.infinity), .number(-.infinity)])
    #expect(try JSON(parsing: "-0") == 0)
    #expect(try JSON(parsing: "-9223372036854775808") == .integer(.min))
    #expect(try JSON(parsing: "9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try JSON(parsing: [0xEF, 0xBB, 0xBF, 0x31]) == 1)
}

@Test("members keep their order; of one name the last wins")
func members() throws {
    let object = try #require(try JSON(parsing: #"{"z": 1, "a": 2, "z": 3}"#).object)
    #expect(object.keys == ["z", "a"])
    #expect(object["z"] == 3)
}

@Test(
    "reads escapes",
    arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""A\u00e9\u20AC""#, "Aé€"),
        (#""\ud834\udd1e""#, "𝄞"), (#""\ud834""#, "\u{FFFD}"), (#""\udd1e\ud834""#, "\u{FFFD}\u{FFFD}"),
        (#""\ud834\n""#, "\u{FFFD}\n"), (#""\ud834\u0041""#, "\u{FFFD}A"), ("\"é𝄞\u{7F}\"", "é𝄞\u{7F}"),
        (#""\u0000""#, "\0"),
    ])
func escapes(_ text: String, _ expected: String) throws {
    let found = try #require(try JSON(parsing: text).string)
    #expect(Array(found.utf8) == Array(expected.utf8))
}

@Test(
    "says where a text goes wrong",
    arguments: [
        ("", 1, 1, "a value", "the end of the text"),
        ("[1,]", 1, 4, "a value", "\"]\""),
        ("[1 2]", 1, 4, "\",\" or \"]\"", "\"2]\""),
        ("{\"é\": 1,\n  'b': 2}", 2, 3, "a name in double quotes", "\"'b': 2}\""),
        ("{\"a\" 1}", 1, 6, "\":\" after the name \"a\"", "\"1}\""),
        ("{\"a\":1,}", 1, 8, "a name in double quotes", "\"}\""),
        ("\"é𝄞", 1, 4, "a closing quote", "the end of the text"),
        ("\"a\nb\"", 1, 3, "control characters written as escapes such as \\n", "the control character 0xa"),
        ("\"\\x\"", 1, 3, "one of \" \\ / b f n r t u after \"\\\"", "\"x\"\""),
        ("\"\\u12g4\"", 1, 6, "four hexadecimal digits after \"\\u\"", "\"g4\"\""),
        ("012", 1, 2, "a number without leading zeros", "\"12\""),
        ("-", 1, 2, "a digit", "the end of the text"),
        ("1.", 1, 3, "a digit", "the end of the text"),
        ("1e+", 1, 4, "a digit", "the end of the text"),
        (".5", 1, 1, "a value", "\".5\""), ("+1", 1, 1, "a value", "\"+1\""),
        ("nul", 1, 1, "a value", "\"nul\""), ("nan", 1, 1, "a value", "\"nan\""),
        ("{} x", 1, 4, "the end of the text", "\"x\""),
        ("[1", 1, 3, "\",\" or \"]\"", "the end of the text"),
        ("{\"a\":1", 1, 7, "\",\" or \"}\"", "the end of the text"),
    ])
func mistakes(_ text: String, _ line: Int, _ column: Int, _ expected: String, _ found: String) {
    #expect(throws: JSONError(line: line, column: column, expected: expected, found: found)) {
        try JSON(parsing: text)
    }
}

@Test("refuses bytes that are not UTF-8")
func notUTF8() {
    #expect(throws: JSONError(line: 1, column: 3, expected: "UTF-8 text", found: "the byte 0xff")) {
        try JSON(parsing: Array("[\"".utf8) + [0xFF] + Array("\"]".utf8))
    }
}

@Test("bounds the depth", arguments: ["[", "{\"a\":"])
func depth(_ opening: String) throws {
    let error = #expect(throws: JSONError.self) {
        try JSON(parsing: String(repeating: opening, count: 100_000))
    }
    #expect(error?.expected == "lists and objects nested at most 256 deep")
    #expect(error?.column == 256 * opening.count + 1)
    let allowed = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
    #expect(try JSON(parsing: allowed).text() == allowed)
}

@Test("a prefix of a text never reads as a whole, and never traps")
func prefixes() throws {
    let text = Array(#"{"a": [1.5e3, -Infinity, "\ud834\udd1e é"], "b": {"c": null, "d": true}}"#.utf8)
    for length in 0..<text.count {
        #expect(throws: JSONError.self) { try JSON(parsing: Array(text[..<length])) }
    }
}

@Test(
    "an object of any size keeps its order and finds, replaces and removes by name",
    arguments: [3, 16, 17, 200])
func objectOfSize(count: Int) {
    var object = JSONObject((0..<count).map { ("name \($0)", .integer($0)) })
    #expect(object.keys == (0..<count).map { "name \($0)" })
    object["name 2"] = "new"
    object["name 0"] = nil
    object["last"] = true
    #expect(object.keys == (1..<count).map { "name \($0)" } + ["last"])
    #expect(object["name 0"] == nil && object["name 2"] == "new" && object["last"] == true)
    #expect(object["name \(count - 1)"] == (count == 3 ? "new" : .integer(count - 1)))
    let same = JSONObject(object.members.map { ($0.key, $0.value) })
    let mapped = object.mapValues { $0 }
    #expect(object == same && mapped == same)
    let emptied = object.mapValues { _ in nil }.members
    #expect(emptied.count == count && emptied.filter(\.value.isNull).count == count)
}

@Test("arrays of numbers stay on one line where that is asked for")
func numbersInRows() {
    let value: JSON = ["a": [1, 2.5, .null], "b": [[1, 2], ["x"]], "c": []]
    #expect(
        value.text(pretty: true, numbersInRows: true) == """
            {
              "a": [1, 2.5, null],
              "b": [
                [1, 2],
                [
                  "x"
                ]
              ],
              "c": []
            }
            """)
}
