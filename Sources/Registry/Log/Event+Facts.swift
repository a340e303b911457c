extension Event {
    /// The text of the member `facts` in a line that is a JSON object, as it stands there; nil if there is not exactly one.
    /// Writing the parsed value anew would take longer than parsing the line.
    static func factsText(in line: ArraySlice<UInt8>) -> String? {
        let name = Array("\"facts\"".utf8)
        var (depth, at, start) = (0, line.startIndex, -1)
        var found: String?
        while at < line.endIndex {
            switch line[at] {
            case UInt8(ascii: "\""):
                let begin = at
                at += 1
                while at < line.endIndex, line[at] != UInt8(ascii: "\"") {
                    at += line[at] == UInt8(ascii: "\\") ? 2 : 1
                }
                if depth == 1, start < 0, at < line.endIndex, line[begin...at].elementsEqual(name) {
                    var next = at + 1
                    while next < line.endIndex, line[next] == 0x20 || line[next] == 0x09 { next += 1 }
                    if next < line.endIndex, line[next] == UInt8(ascii: ":") { start = next + 1 }
                }
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 1, start >= 0 {
                    if found != nil { return nil }
                    let text = line[start...at].drop { $0 == 0x20 || $0 == 0x09 }
                    guard text.first == UInt8(ascii: "{") else { return nil }
                    found = String(decoding: text, as: UTF8.self)
                    start = -1
                }
            default: break
            }
            at += 1
        }
        return found
    }
}
