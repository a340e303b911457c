import Foundation
import TestSupport
import Testing

@Test("figures are drawn in the format of the file's name, and refused before anything is done otherwise")
func figureCommands() throws {
    try Workplace.make { place in
        let recipe = Workplace.shipped("recipes/wine.yaml")
        for _ in 1...2 { #expect(try place.trainer("fit", recipe, "--epochs", "2", "--quiet").status == 0) }
        func start(_ name: String) throws -> [UInt8] {
            try Array(Data(contentsOf: URL(fileURLWithPath: place.path(name))).prefix(5))
        }
        let drawn = try place.registry("history", "wine:1", "wine:2", "--plot", place.path("h.svg"))
        #expect(drawn.status == 0 && drawn.output == place.path("h.svg") + "\n")
        #expect(try place.text("h.svg").contains("<title>Training of 2 versions</title>"))
        #expect(try place.registry("history", "wine", "--plot", place.path("h.png"), "--dark").status == 0)
        #expect(try start("h.png") == [0x89, 0x50, 0x4E, 0x47, 0x0D])
        #expect(try place.registry("compare", "wine:1", "wine:2", "--plot", place.path("c.pdf")).status == 0)
        #expect(try start("c.pdf") == Array("%PDF-".utf8))
        let json = try place.registry("lineage", "wine:1", "--plot", place.path("l.svg"), "--json").json
        #expect(json["reference"]?.string == "wine:1" && place.exists("l.svg"))

        #expect(try place.registry("history", "wine", "--plot", place.path("h.jpg")).status == 64)
        #expect(try place.registry("history", "wine", "--dark").status == 64)
        #expect(try place.registry("lineage", "wine", "--dot", "--plot", place.path("l.svg")).status == 64)
        #expect(try place.registry("history", "wine", "--plot", place.path("no/h.svg")).status == 73)
        let two = try place.registry("history", "wine:1", "wine:2", "--json").json
        #expect(two.array?.map { $0["reference"]?.string } == ["wine:1", "wine:2"])
    }
}

@Test("explore prints and writes a page, and infer draws what the network saw")
func exploreCommand() throws {
    try Workplace.make { place in
        let wine = Workplace.shipped("data/wine.csv")
        let shown = try place.trainer("explore", wine, "--html", place.path("wine.html"))
        #expect(shown.status == 0 && shown.output.contains("1599 rows, 12 columns, target quality"))
        #expect(shown.output.contains("balanced: largest to smallest class 1.15"))
        #expect(try place.text("wine.html").hasPrefix("<!DOCTYPE html>"))
        let json = try place.trainer("explore", Workplace.shipped("recipes/wine.yaml"), "--json").json
        #expect(json["parts"]?["test"]?.int == 400 && json["duplicates"]?["rows"]?.int == 240)
        #expect(try place.trainer("explore", place.path("nothing.csv")).status == 66)
        #expect(
            try place.trainer("explore", wine, "--sample", "1", "--plot", place.path("s.svg")).status == 64)
        #expect(try place.trainer("explore", wine, "--sample", "1").status == 64)

        let models = Workplace.shipped("models")
        let digit = Workplace.shipped("data/digits/3_paper.png")
        let drawn = try place.infer(
            digit, "--model", "mnist:1", "--store", models, "--picture", place.path("seen.svg"))
        #expect(drawn.status == 0, "\(drawn.errors)")
        #expect(try place.text("seen.svg").contains("<title>Predicted 3</title>"))
        #expect(
            try place.infer(digit, digit, "--store", models, "--picture", place.path("x.svg")).status == 64)
    }
}
