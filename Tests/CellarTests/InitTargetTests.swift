import Base
import Cellar
import Foundation
import TestSupport
import Testing
import Trainer

/// The survey of a table with these columns: a name with what is in it.
private func survey(
    _ head: String, rows: Int = 240, hasNames: Bool = true, target: String? = nil
) throws -> TableSurvey {
    let columns = head.split(separator: "|").map { part in
        let colon = part.lastIndex(of: ":") ?? part.endIndex
        return (name: String(part[..<colon]), kind: String(part[colon...].dropFirst()))
    }
    var random = SplitMix(seed: 7)
    let lines = (0..<rows).map { row in
        columns.map { plainValue($0.kind, row, &random) }.joined(separator: ",")
    }
    let names = hasNames ? [columns.map(\.name).joined(separator: ",")] : []
    return try survey(table: (names + lines).joined(separator: "\n") + "\n", target: target)
}

private func survey(table: String, target: String? = nil) throws -> TableSurvey {
    try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.csv"
        try Data(table.utf8).write(to: URL(fileURLWithPath: path))
        return try TableSurvey(path: path, target: target)
    }
}

private struct SplitMix {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next(_ below: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) >> 33) % below
    }
}

/// One value: i an identifier, n a fraction, w a whole number, bN classes 0 to N - 1, cN words, t text, d a date, p a price, x an id of
/// large numbers, m a word that is mostly missing.
private func plainValue(_ kind: String, _ row: Int, _ random: inout SplitMix) -> String {
    let number = Int(kind.dropFirst()) ?? 2
    return switch kind.first {
    case "i": "\(row + 1)"
    case "n": "\(random.next(90)).\(random.next(10))\(1 + random.next(9))"
    case "w": "\(random.next(400))"
    case "b": "\(random.next(number))"
    case "c": "\(["red", "blue", "green", "grey", "black", "white"][random.next(number)])"
    case "t": "a text of several words \(row) here"
    case "d": "2020-0\(1 + random.next(9))-1\(random.next(9))"
    case "p": "\(100_000 + 317 * random.next(3000))"
    case "x": "14678\(10_000 + row * 31)"
    case "m": row % 9 == 0 ? ["U", "V"][random.next(2)] : ""
    default: ""
    }
}

/// Heads of well-known tables with the column that everyone predicts.
private let heads: [(head: String, target: String)] = [
    ("PassengerId:i|Survived:b2|Pclass:b3|Name:t|Sex:c2|Age:n|SibSp:b4|Fare:n|Embarked:c3", "Survived"),
    ("survived:b2|pclass:b3|sex:c2|age:n|fare:n|embarked:c3|class:c3|who:c3|alone:c2", "survived"),
    ("Id:i|SepalLengthCm:n|SepalWidthCm:n|PetalLengthCm:n|Species:c3", "Species"),
    ("id:i|diagnosis:c2|radius_mean:n|texture_mean:n|area_worst:n", "diagnosis"),
    ("fixed acidity:n|volatile acidity:n|pH:n|alcohol:n|quality:b6", "quality"),
    ("age:w|sex:b2|cp:b4|chol:w|thal:b3|target:b2", "target"),
    ("Pregnancies:b9|Glucose:w|BMI:n|Age:w|Outcome:b2", "Outcome"),
    ("customerID:x|gender:c2|tenure:w|MonthlyCharges:n|TotalCharges:n|Churn:c2", "Churn"),
    (
        "RowNumber:i|CustomerId:x|Surname:t|CreditScore:w|Geography:c3|Balance:n|EstimatedSalary:n|Exited:b2",
        "Exited"
    ),
    ("Age:w|Attrition:c2|BusinessTravel:c3|DailyRate:w|YearsAtCompany:w", "Attrition"),
    ("Id:i|MSSubClass:b9|LotArea:w|OverallQual:b9|YrSold:b5|SalePrice:p", "SalePrice"),
    (
        "id:x|date:d|price:p|bedrooms:b6|sqft_living:w|condition:b5|grade:b9|zipcode:b9|lat:n|long:n|sqft_living15:w",
        "price"
    ),
    ("id:x|url:t|region:c5|price:w|year:w|condition:c5|odometer:w|type:c6|paint_color:c6|state:c6", "price"),
    (
        "UDI:i|Product ID:t|Type:c3|Air temperature [K]:n|Torque [Nm]:n|Machine failure:b2|TWF:b2|RNF:b2",
        "Machine failure"
    ),
    ("Store:i|Region:c4|Type:c3|Customers:w|Sales:n", "Sales"),
    ("Store:b9|DayOfWeek:b7|Date:d|Sales:w|Customers:w|Open:b2|Promo:b2|SchoolHoliday:b2", "Sales"),
    ("hotel:c2|is_canceled:b2|lead_time:w|meal:c4|adr:n|reservation_status_date:d", "is_canceled"),
    ("Time:n|V1:n|V2:n|Amount:n|Class:b2", "Class"),
    ("step:b9|type:c5|amount:n|oldbalanceOrg:n|isFraud:b2|isFlaggedFraud:b2", "isFraud"),
    ("mpg:n|cylinders:b6|displacement:n|horsepower:w|model year:b9|origin:b3", "mpg"),
    ("age:w|sex:c2|bmi:n|children:b6|smoker:c2|region:c4|charges:n", "charges"),
    ("crim:n|zn:n|indus:n|rm:n|lstat:n|medv:n", "medv"),
    (
        "longitude:n|latitude:n|total_rooms:w|median_income:n|median_house_value:p|ocean_proximity:c4",
        "median_house_value"
    ),
    ("age:w|workclass:c4|fnlwgt:p|education:c6|hours-per-week:w|income:c2", "income"),
    ("age:w|job:c6|marital:c3|default:c2|balance:w|housing:c2|duration:w|y:c2", "y"),
    ("age:w|job:c6|default:c2|balance:w|poutcome:c3|deposit:c2", "deposit"),
    ("name:t|MDVP_Fo:n|Jitter:n|HNR:n|status:b2|RPDE:n|PPE:n", "status"),
    ("instant:i|dteday:d|season:b4|temp:n|hum:n|windspeed:n|cnt:w", "cnt"),
    ("Date:d|Rented Bike Count:w|Hour:b9|Humidity:w|Seasons:c4|Functioning Day:c2", "Rented Bike Count"),
    ("Unnamed:i|Date:d|AveragePrice:n|Total Volume:n|type:c2|year:b4|region:c6", "AveragePrice"),
    (
        "ID:i|Age:w|Experience:w|Income:w|ZIP Code:w|Family:b4|Personal Loan:b2|Online:b2|CreditCard:b2",
        "Personal Loan"
    ),
    (
        "tweet_id:x|airline_sentiment:c3|airline:c6|retweet_count:b9|text:t|user_timezone:c6",
        "airline_sentiment"
    ),
    ("rowid:i|kepid:x|koi_disposition:c3|koi_period:n|koi_depth:n|koi_teq:w", "koi_disposition"),
    ("key:i|fare_amount:n|pickup_longitude:n|dropoff_latitude:n|passenger_count:b6", "fare_amount"),
    ("BOROUGH:b5|TAX CLASS AT PRESENT:c4|LAND SQUARE FEET:w|SALE PRICE:p|SALE DATE:d", "SALE PRICE"),
    ("Date:d|Location:c6|MinTemp:n|Humidity3pm:w|RainToday:c2|RainTomorrow:c2", "RainTomorrow"),
    (
        "Car_Name:c6|Year:w|Selling_Price:n|Present_Price:n|Kms_Driven:w|Fuel_Type:c3|Owner:b3",
        "Selling_Price"
    ),
    (
        "Loan_ID:t|Gender:c2|ApplicantIncome:w|Credit_History:b2|Property_Area:c3|Loan_Status:c2",
        "Loan_Status"
    ),
    ("X:b9|Y:b9|month:b9|temp:n|area:n", "area"),
    ("school:c2|age:w|absences:w|G1:w|G2:w|G3:w", "G3"),
    ("carat:n|cut:c5|color:c6|depth:n|price:w|x:n|y:n|z:n", "price"),
    ("sl_no:i|gender:c2|ssc_p:n|specialisation:c2|status:c2|salary:p", "status"),
    (
        "ID:i|LIMIT_BAL:p|SEX:b2|PAY_0:b5|BILL_AMT1:w|default payment next month:b2",
        "default payment next month"
    ),
    ("Ozone:n|Solar.R:w|Wind:n|Temp:w|Month:b6|Day:b9", "Temp"),
    ("Crime:c5|Domestic:c2|Arrest:c2|Latitude:n|Longitude:n", "Arrest"),
    ("TARGET_5Yrs:b2|GP:w|MIN:n|PTS:n|FG%:n", "TARGET_5Yrs"),
    ("review:t|sentiment:c2", "sentiment"),
    ("label:b9|pixel0:b9|pixel1:b9|pixel2:w", "label"),
    ("buying:c4|maint:c4|doors:b4|safety:c3|class:c4", "class"),
    ("class:c2|cap-shape:c6|odor:c6|population:c5|habitat:c6", "class"),
]

@Test("the column to predict is the one that people predict, over the heads of well-known tables")
func targetsOfKnownHeads() throws {
    for (head, target) in heads {
        let found = try survey(head)
        #expect(found.columns[found.target].name == target, "\(head)")
    }
}

@Test(
    "the column to predict of tables without names",
    arguments: [
        ("0:c2|1:x|2:d|3:t", "0"), ("a:m|b:c2|c:n|d:w|e:c4", "4"), ("a:c3|b:w|c:n|d:n", "0"),
        ("a:n|b:n|c:n|d:b3", "3"),
    ])
func targetsWithoutNames(_ head: String, _ target: String) throws {
    let found = try survey(head, hasNames: false)
    #expect(found.columns[found.target].name == target, "\(head)")
}

@Test("a column to predict that could be another is named with the others")
func doubtfulTargets() throws {
    let doubtful = try survey("a:n|type:c5|grade:b9|floor:w")
    #expect(doubtful.columns[doubtful.target].name == "floor")
    #expect(
        doubtful.warnings.contains {
            $0.hasPrefix("floor is taken") && $0.contains("type, grade") && $0.contains("--target")
        })
    #expect(
        doubtful.recipe(name: "t").contains(
            "# the last column, but type, grade may be meant: trainer init --target names it"))
    #expect(try survey("a:n|type:c5|class:b9|floor:w").warnings.isEmpty)
}

/// Tables of 240 rows without names whose target is known to people alone: what is chosen, and what may be meant instead.
private let unnamedTables: [(name: String, columns: String, target: String, others: String?)] = [
    ("hepatitis: the class is first, and the last column has the same values", "12|n|12|12|w|12", "5", "0"),
    (
        "monks: the first column has values of its own, and the last one is an identifier",
        "01|123|12|123|12|id", "0", nil
    ),
    ("votes: the last column has the values of others", "rd|yn|yn|yn|yn", "0", nil),
    ("credit approval: two columns have two values of their own", "ab|n|uyl|n|+-", "4", "0"),
    ("mushroom: the first column has two values, the last one more", "ep|xfbks|ysfg|dgpmulw", "0", "3"),
    ("tic-tac-toe: all but the last column have the same values", "xob|xob|xob|pn", "3", nil),
    ("pima: counts and fractions before two classes", "w|w|n|01", "3", nil),
    ("ionosphere: words behind numbers", "01|n|n|gb", "3", nil),
    ("abalone: a category first, and whole numbers last", "MFI|n|n|0123456789abcdef", "3", "0"),
    ("wine: classes first, and a measurement last", "123|n|n|w", "0", nil),
    (
        "servo: the first two columns have the same values, and a measurement is last", "abcde|abcde|3456|n",
        "3", "0"
    ),
    ("answers first, and a measurement last", "12|12|12|n", "0", "3"),
    ("auto-mpg: an identifier is last", "n|468|n|123|id", "3", "0"),
    ("a category alone beside measurements", "n|xyz|n|n", "1", nil),
    ("heart: words before two classes of their own", "w|MF|w|w|01", "4", nil),
]

@Test(
    "the column to predict of a table without names is chosen by its values, and others that may be meant are named"
)
func evidenceWithoutNames() throws {
    func value(_ kind: String, _ row: Int, _ random: inout SplitMix) -> String {
        switch kind {
        case "n", "w": return plainValue(kind, row, &random)
        case "id": return "data_\(row)"
        default:
            let values = Array(kind)
            let digits = kind.first?.isNumber ?? false
            let place = random.next(values.count)
            return digits && values.count > 10 ? "\(place)" : String(values[place])
        }
    }
    for (name, kinds, target, others) in unnamedTables {
        var random = SplitMix(seed: 11)
        let columns = kinds.split(separator: "|").map(String.init)
        let rows = (0..<240).map { row in columns.map { value($0, row, &random) }.joined(separator: ",") }
        let found = try survey(table: rows.joined(separator: "\n") + "\n")
        let taken = "\(target) is taken as the column to predict"
        let warnings = found.warnings.filter { $0.hasPrefix(taken) }
        #expect(found.columns[found.target].name == target, "\(name)")
        if let others {
            #expect(
                warnings.first?.contains("could also be \(others): name it with --target") == true, "\(name)")
            #expect(found.recipe(name: "t").contains("but \(others) may be meant"), "\(name)")
        } else {
            #expect(warnings.isEmpty, "\(name): \(warnings)")
        }
    }
}

@Test("a last column that no name and no values of its own tell to be the target is named with a warning")
func targetsByPlaceAlone() throws {
    func warning(_ head: String) throws -> String? {
        try survey(head).warnings.first { $0.contains("is taken as the column to predict") }
    }
    // A table of taxi rides: fares and tips are predicted, boroughs are not.
    let rides = try survey(
        "pickup:d|distance:n|fare:n|tip:n|total:n|color:c2|pickup_borough:c5|dropoff_borough:c4")
    #expect(rides.columns[rides.target].name == "tip")
    #expect(
        try warning("pickup:d|distance:n|pickup_borough:c5|dropoff_borough:c4")?.contains("pickup_borough")
            == true)
    #expect(try warning("wind:n|rain:n|burned:n")?.contains("as no name tells") == true)
    #expect(try warning("wind:n|rain:n|burned:c3") == nil && warning("wind:n|rain:n|quality:b6") == nil)
    #expect(try warning("X1:n|X2:n|Y1:n|Y2:n")?.contains("could also be Y1") == true)
    let strength = try survey(
        "Cement (kg in a m^3 mixture):n|Compressive strength(MPa; megapascals):n|Age (day):w")
    #expect(strength.columns[strength.target].name.hasPrefix("Compressive"))
}

@Test("whole numbers that count classes are classes, and a few that hardly repeat are amounts")
func classCodes() throws {
    func isClass(_ rows: [Int], _ name: String = "v") throws -> Bool {
        let lines = rows.enumerated().map { "\($0.offset % 17).5,\($0.element)\n" }
        let found = try survey(table: "a,\(name)\n" + lines.joined(), target: name)
        if case .classes = found.task { return true }
        return false
    }
    #expect(try isClass((0..<360).map { $0 % 15 + 1 }) && isClass((0..<780).map { $0 * 7 % 26 }))
    // Without one of the numbers, from 2 on, or much more often in one than in another they are amounts.
    #expect(try !isClass((0..<360).map { $0 % 15 < 9 ? $0 % 15 : $0 % 15 + 1 }))
    #expect(try !isClass((0..<360).map { $0 % 15 + 2 }))
    #expect(try !isClass((0..<360).map { $0 < 200 ? 0 : $0 % 15 }))
    #expect(try isClass((0..<360).map { $0 % 15 + 2 }, "class"))
    #expect(try !isClass((0..<15).map { $0 * 3 % 11 }))
    let codes = try survey(table: "a,v\n" + (0..<360).map { "\($0 % 17).5,\($0 % 15)\n" }.joined())
    #expect(codes.recipe(name: "t").contains("if they are amounts, end with one unit"))
}

/// The kinds of columns beside the target of a table of 800 rows, or as many as given.
private func kinds(_ names: String, rows: Int = 800, _ row: (Int) -> String) throws -> [String: String] {
    let found = try survey(table: names + "\n" + (0..<rows).map { row($0) + "\n" }.joined())
    return Dictionary(uniqueKeysWithValues: found.columns.map { ($0.name, $0.kind.rawValue) })
}

@Test("columns that give the target away are left out where there are rows enough to know")
func leaks() throws {
    // Three states of two classes, and a reason that only one class has.
    let states = try kinds("x,state,reason,target") {
        "\($0 * 7 % 23),\($0 % 3 == 0 ? "out" : $0 % 2 == 0 ? "gone" : "none"),\($0 % 3 == 0 ? "" : ["a", "b"][$0 % 2]),\($0 % 3 == 0 ? 0 : 1)"
    }
    #expect(states["state"] == "ignore" && states["reason"] == "ignore" && states["x"] == "number")
    let few = try kinds("x,state,target", rows: 100) {
        "\($0 * 7 % 23),\($0 % 3 == 0 ? "out" : $0 % 2 == 0 ? "gone" : "none"),\($0 % 3 == 0 ? 0 : 1)"
    }
    #expect(few["state"] == "category")
    // A threshold.
    let amount: (Int) -> String = {
        "\($0 * 7 % 23),\($0 * 13 % 400).5,\($0 * 13 % 400 > 170 ? "Yes" : "No")"
    }
    #expect(try kinds("x,mm,target", rows: 1200, amount)["mm"] == "ignore")
    #expect(try kinds("x,mm,target", rows: 800, amount)["mm"] == "number")
    let warned = try survey(table: "x,mm,target\n" + (0..<800).map { amount($0) + "\n" }.joined())
    #expect(warned.warnings.count == 1 && warned.warnings[0].hasPrefix("mm may give target away"))
    // One of several columns is 1 in each row.
    let block = try kinds("x,a,b,c") {
        "\($0 * 7 % 23),\($0 % 5 == 0 ? 1 : 0),\($0 % 5 == 1 ? 1 : 0),\($0 % 5 > 1 ? 1 : 0)"
    }
    #expect(block["a"] == "ignore" && block["b"] == "ignore" && block["x"] == "number")
    // Parts of a sum.
    let sum = try kinds("temp,casual,registered,cnt") {
        "\($0 * 7 % 23),\($0 * 31 % 211),\($0 * 17 % 307),\($0 * 31 % 211 + $0 * 17 % 307)"
    }
    #expect(sum["casual"] == "ignore" && sum["registered"] == "ignore" && sum["temp"] == "number")
}

@Test("good features are no leaks")
func noLeaks() throws {
    // As in iris, a length tells one of three classes from the others, and in a small table two classes.
    let iris = try kinds("petal,sepal,species", rows: 150) {
        "\($0 % 3 == 0 ? "1.\($0 % 7)" : "\(3 + $0 * 7 % 4).\($0 % 10)"),\(4 + $0 * 5 % 3).\($0 % 9),\(["setosa", "versicolor", "virginica"][$0 % 3])"
    }
    #expect(iris["petal"] == "number" && iris["sepal"] == "number")
    let two = try survey(
        table: "petal,sepal,species\n"
            + (0..<100).map {
                "\($0 % 2 == 0 ? 1 : 4).\($0 * 7 % 10),\($0 % 9).5,\(["setosa", "virginica"][$0 % 2])\n"
            }.joined())
    #expect(two.columns[0].kind == .number && two.warnings.isEmpty)
    // As in mushroom, all smells but one tell the class.
    let smells = ["almond", "anise", "foul", "musty", "none"]
    let mushroom = try kinds("class,odor,cap", rows: 2000) {
        let smell = $0 * 7 % 5
        return "\(smell < 2 || smell == 4 && $0 % 40 != 2 ? "e" : "p"),\(smells[smell]),\($0 % 6)"
    }
    #expect(mushroom["odor"] == "category")
    // Many values of a few rows each tell the class by chance.
    let towns = try kinds("town,x,target") {
        "town\($0 % 100),\($0 * 7 % 23),\($0 % 100 * 7 % 3 == 0 ? 1 : 0)"
    }
    #expect(towns["town"] == "category")
}

@Test(
    "a compound with a target's word is no sure target, and a last column of two values is named beside a sure one"
)
func compoundsOfTargets() throws {
    for (head, target) in [
        ("age:n|heart_failure:b2|DEATH_EVENT:b2", "DEATH_EVENT"),
        ("fever:n|respiratory_failure:b2|icu:b2|died:b2", "died"),
        ("last_failure:b2|temp:n|vibration:n|down:b2", "down"),
        ("indoor:n|target_temp:n|out:n|energy:n", "energy"),
        ("amount:n|is_good:b2|paid:b2", "paid"), ("a:n|machine_failure:b2|b:n|c:n", "machine_failure"),
    ] {
        let found = try survey(head)
        #expect(found.columns[found.target].name == target, "\(head)")
    }
    #expect(try survey("class:c3|a:n|satisfaction:b2").warnings.contains { $0.contains("satisfaction") })
}

@Test("a target in another writing or unit is a copy of it")
func copiesInOtherWriting() throws {
    let lines = (0..<60).map { row in
        let price = 1_000 + row * 37
        return
            "\(row % 7),\"$\(price / 1000),\(String("\(price % 1000 + 1000)".dropFirst())).50\",\(Double(price) / 1000 + 0.0005),\(price).5\n"
    }
    let found = try survey(table: "a,price_usd,thousands,price\n" + lines.joined())
    #expect(found.columns[found.target].name == "price")
    #expect(found.columns.map(\.kind) == [.number, .ignore, .ignore, .number])
}

@Test("words that may be powers of ten or units, and m that may be months, are not guessed")
func doubtfulWords() throws {
    func warnings(_ cells: [String]) throws -> [String] {
        let lines = (0..<200).map {
            "\(cells[$0 % cells.count].replacing("#", with: "\($0 + 1)")),\($0 % 7).5,\($0 / 5 % 2)\n"
        }
        return try survey(table: "a,b,y\n" + lines.joined()).warnings
    }
    for cells in [["#B", "#.5K", "#.3M"], ["#m", "#k"], ["#m", "#.2M", "#.7k"], ["#m", "#w", "#d"]] {
        let found = try warnings(cells)
        #expect(found.contains { $0.hasPrefix("a is ") && $0.contains("may be") }, "\(cells)")
    }
    for cells in [["#K", "#.5M"], ["#h #m", "#m"], ["#m", "#.5m"]] {
        let found = try warnings(cells)
        #expect(found.isEmpty, "\(cells): \(found)")
    }
}
