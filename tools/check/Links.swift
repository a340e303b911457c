import Foundation

/// Links in Markdown files to files and headings that do not exist. Addresses of the network are not tried.
func linkProblems() throws -> [Problem] {
    var problems: [Problem] = []
    var anchors: [String: Set<String>] = [:]
    for file in try tracked(["*.md"]) {
        let folder = (file as NSString).deletingLastPathComponent
        for (number, line) in try prose(file).enumerated() {
            for match in line.matches(of: /\]\(<?([^)\s>]+)>?\)|(?:src|href)="([^"]+)"|^\[[^\]]+\]:\s+(\S+)/)
            {
                let link = String(match.output.1 ?? match.output.2 ?? match.output.3 ?? "")
                guard link.firstMatch(of: /^[a-z]+:/) == nil else { continue }
                let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
                    String.init)
                let path = parts[0].removingPercentEncoding ?? parts[0]
                let target =
                    path.isEmpty
                    ? file : ((folder as NSString).appendingPathComponent(path) as NSString).standardizingPath
                guard FileManager.default.fileExists(atPath: target) else {
                    problems.append(
                        Problem(file, number + 1, "there is no \(target); correct the link \(link)"))
                    continue
                }
                guard parts.count == 2, target.hasSuffix(".md") else { continue }
                let known = try anchors[target] ?? headings(target)
                anchors[target] = known
                if !known.contains(parts[1]) {
                    problems.append(
                        Problem(
                            file, number + 1,
                            "\(target) has no heading #\(parts[1]); correct the link \(link)"))
                }
            }
        }
    }
    return problems
}

/// A Markdown file's lines, with the fenced code made empty.
func prose(_ file: String) throws -> [Substring] {
    var fenced = false
    return try lines(file).map { line in
        if line.drop(while: { $0 == " " }).hasPrefix("```") {
            fenced.toggle()
            return ""
        }
        return fenced ? "" : line
    }
}

/// The anchors that GitHub gives a file's headings, and those that are written out.
private func headings(_ file: String) throws -> Set<String> {
    var anchors: Set<String> = []
    for line in try prose(file) {
        for match in line.matches(of: /(?:id|name)="([^"]+)"/) { anchors.insert(String(match.output.1)) }
        guard let match = line.wholeMatch(of: /#{1,6}\s+(.*?)\s*#*/) else { continue }
        let text = match.output.1.replacing(/\]\([^)]*\)/, with: "").lowercased()
        let slug = String(
            text.compactMap { character -> Character? in
                if character == " " { return "-" }
                return character.isLetter || character.isNumber || "-_".contains(character) ? character : nil
            })
        var unique = slug
        var count = 0
        while !anchors.insert(unique).inserted {
            count += 1
            unique = "\(slug)-\(count)"
        }
    }
    return anchors
}
