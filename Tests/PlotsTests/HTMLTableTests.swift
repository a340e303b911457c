import Plots
import Testing

@Test("long names are broken, so that they push no column out of sight", arguments: [40, 41, 100])
func longNames(length: Int) {
    let name = String(repeating: "n", count: length)
    let table = HTMLTable(caption: "", columns: ["column", name], rows: [[name, "a b"], ["c", name]])
    var page = HTMLPage(title: "t")
    page.add(HTMLPage.Section("s", id: "s", [.table(table)]))
    let isLong = length > 40
    #expect(page.html.contains("<th scope=\"col\" class=\"n\(isLong ? " w" : "")\">\(name)</th>"))
    #expect(page.html.contains("<th scope=\"row\"\(isLong ? " class=\"w\"" : "")>\(name)</th>"))
    #expect(page.html.contains("<td class=\"n\(isLong ? " w" : "")\">\(name)</td>"))
    #expect(page.html.contains("<td class=\"n\">a b</td>"))
}

@Test("cells that name a page are links to it, and to nothing else")
func links() {
    var table = HTMLTable(
        caption: "", columns: ["", "a"], rows: [["page", "x:1 é/report.html"], ["y", "<b>"]])
    table.links = ["x:1 é/report.html"]
    var page = HTMLPage(title: "t")
    page.add(HTMLPage.Section("s", id: "s", [.table(table)]))
    #expect(page.html.contains("<a href=\"x%3A1%20%C3%A9/report.html\">x:1 é/report.html</a>"))
    #expect(page.html.contains("<td class=\"n\">&lt;b&gt;</td>"))
}
