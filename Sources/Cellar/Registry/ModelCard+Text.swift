import Base
import Plots

extension ModelCard {
    /// The card as Markdown, with Hugging Face's head.
    public var markdown: String {
        var text = yaml + "\n# \(markdownText(reference))\n"
        for section in sections {
            text += "\n## \(section.title)\n"
            for line in section.texts { text += "\n" + markdownText(line) + "\n" }
            for table in section.tables {
                text += "\n| " + table.columns.map(markdownText).joined(separator: " | ") + " |\n"
                text += "|" + table.columns.map { _ in "---|" }.joined() + "\n"
                for row in table.rows {
                    text += "| " + row.map(markdownText).joined(separator: " | ") + " |\n"
                }
            }
            if let code = section.code {
                text +=
                    "\n"
                    + code.split(separator: "\n", omittingEmptySubsequences: false).map {
                        $0.isEmpty ? "" : "    " + printable(String($0))
                    }.joined(separator: "\n") + "\n"
            }
        }
        return text
    }

    /// The card as a page.
    public var page: HTMLPage {
        var page = HTMLPage(title: reference, summary: "Model card")
        for section in sections {
            var blocks: [HTMLPage.Block] = section.texts.map { .text($0) } + section.tables.map { .table($0) }
            if let code = section.code { blocks.append(.preformatted(code)) }
            page.add(HTMLPage.Section(section.title, id: section.id, blocks))
        }
        page.footer = "Made by registry card from \(version.sha256)."
        return page
    }

    public var json: JSON {
        [
            "reference": .string(reference), "sha256": .string(version.sha256), "library_name": "keras",
            "pipeline_tag": pipelineTag.map { .string($0) } ?? .null, "markdown": .string(markdown),
            "metrics": .array(
                measures.map {
                    [
                        "name": .string($0.name), "value": JSON(finite: $0.value),
                        "split": $0.split.map { .string($0) } ?? .null, "data": .string($0.dataset),
                        "data_sha256": .string($0.datasetDigest), "source": .string($0.source),
                    ]
                }),
        ]
    }
}
