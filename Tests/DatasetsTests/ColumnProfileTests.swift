import Base
import Tensors
import Testing

@testable import Datasets

private func profile(_ values: [String]) -> ColumnProfile {
    ColumnProfile(Texts(values), FieldReader(TableDialect()))
}

@Test("the order of dates is found, and if there are two the usual one is taken")
func orderOfDates() {
    for (dates, order, isAmbiguous) in [
        (["2024-05-03", "2024-12-31"], TableDialect.DateOrder.yearFirst, false),
        (["13.02.2005", "01.02.2005"], .dayFirst, false), (["02/13/2005", "01/02/2005"], .monthFirst, false),
        // Points are German, slashes mostly American.
        (["01.02.2005", "03.04.2005"], .dayFirst, true), (["01/02/2005", "03/04/2005"], .monthFirst, true),
        (["01.01.2005", "02.02.2005"], .dayFirst, false),
        // A month in letters is no day.
        (["05 Mar 2024", "06-Apr-2024"], .dayFirst, false),
        (["2024-Mar-05", "2024-Apr-06"], .yearFirst, false),
        (["14:35", "9:05:10", "2:35 pm"], .timeOfDay, false),
    ] {
        let found = profile(dates)
        #expect(found.dateOrder == order && found.hasAmbiguousDates == isAmbiguous, "\(dates)")
    }
    #expect(DateText(Array("05 Mar 2024".utf8)[...], order: .monthFirst) == nil)
    for text in ["Feb 22, 2016", "February 22, 2016", " Feb. 22 2016 "] {
        #expect(DateText(Array(text.utf8)[...], order: .monthFirst)?.iso == "2016-02-22", "\(text)")
        #expect(DateText(Array(text.utf8)[...], order: .dayFirst) == nil)
    }
    #expect(profile(["Feb 22, 2016", "Mar 3, 2017"]).dateOrder == .monthFirst)
    #expect(DateText(Array("05 Mar 2024".utf8)[...], order: .dayFirst)?.iso == "2024-03-05")
    #expect(DateText(Array("2:35 pm".utf8)[...], order: .timeOfDay)?.iso == "14:35:00")
    #expect(profile(["14:35", "24:10"]).dateOrder == nil && profile(["14:35", "75:10"]).dateOrder == nil)
}

@Test("yes and no may be in several cases")
func pairs() {
    #expect(profile(["yes", "No", "YES", "no"]).yesNo == YesNo(no: ["No", "no"], yes: ["YES", "yes"]))
    #expect(profile(["yes", "no", ""]).yesNo == YesNo(no: ["no"], yes: ["yes"]))
    #expect(profile(["yes", "no", "maybe"]).yesNo == nil && profile(["yes", "yes"]).yesNo == nil)
    #expect(YesNo(no: ["nEin"], yes: ["ja"]).all.no == ["nEin", "nein", "NEIN", "Nein"])
}
