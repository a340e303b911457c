import Base
import Cellar
import Foundation
import Testing

private let table = "id,b,a,\"=note\"\n=1+1,0,2,-1.5\n\"@x, \"\"y\"\"\",2,0,+3\n-,2,0,'=1\nplain,2,0,\n"

@Test("texts that a spreadsheet would run as formulas are guarded in a scored table")
func guardsFormulas() throws {
    try SmallStore.make { place in
        let (input, output) = (try place.file("in.csv", table), place.path("out.csv"))
        var request = ScoreRequest(inputs: [input], outputs: [output], models: ["small"])
        _ = try place.store.score(request)
        #expect(
            try place.text("out.csv") == """
                id,b,a,"'=note",prediction,probability
                '=1+1,0,2,-1.5,good,0.880797
                "'@x, ""y""\",2,0,+3,bad,0.8807971
                '-,2,0,''=1,bad,0.8807971
                plain,2,0,,bad,0.8807971

                """)
        request.options.isRaw = true
        _ = try place.store.score(request)
        #expect(
            try place.text("out.csv").hasPrefix("id,b,a,\"=note\",prediction,probability\n=1+1,0,2,-1.5,good")
        )
    }
}

@Test("a report of our own predictions is the same with guarded classes")
func guardedReport() throws {
    try SmallStore.make { place in
        func report(_ classes: [String]) throws -> JSON {
            func cells(_ name: String) -> String { CSVGuard.guarded(name) }
            let header =
                "row,truth,prediction,probability,probability_\(classes[0]),probability_\(classes[1])\n"
            let rows = [(0, 0), (1, 0), (1, 1)].enumerated().map { row, pair in
                "\(row + 1),\(cells(classes[pair.0])),\(cells(classes[pair.1])),0.9,0.9,0.1\n"
            }
            return try place.store.report(ReportRequest(labels: place.file("p.csv", header + rows.joined())))
                .json
        }
        for classes in [["=a", "-b"], ["'=a", "=a"], ["-1", "+"]] {
            let found = try report(classes)
            #expect(found["confusion_matrix"]?["classes"]?.array?.compactMap(\.string) == classes)
            #expect(found["accuracy"] == (try report(["x", "y"]))["accuracy"])
        }
    }
}
