// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LamassuEvents
import Testing

/// The article EventCatalogue holds the tables as they come from the catalogue.
@Suite struct EventCatalogueArticleTests {
    private static let article = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Sources/LamassuEvents/LamassuEvents.docc/EventCatalogue.md").standardized

    @Test func `the table of the article is that of the catalogue`() throws {
        var rows = ["| operation | type, routing key | source | subject | payload | schema |", "|---|---|---|---|---|---|"]
        for definition in EventDefinition.catalogue {
            let cells = [
                definition.operation, "`\(definition.type)`", "`\(definition.source.rawValue.dropFirst(EventSource.prefix.count))`",
                "`\(definition.subject)/…`", definition.payload.map(Self.link) ?? "bytes",
                definition.schema.map { "`\($0.name)/v\($0.version)`" } ?? "none",
            ]
            rows.append("| \(cells.joined(separator: " | ")) |")
        }
        try Self.expectArticle(holds: rows)
    }

    @Test func `the table of older generations is that of their catalogue`() throws {
        var rows = ["| type | payload | today |", "|---|---|---|"]
        for definition in LegacyEventDefinition.catalogue {
            let model = String(reflecting: definition.payload).split(separator: ".").suffix(2).joined(separator: "/")
            rows.append("| `\(definition.type)` | ``\(model)`` | \(definition.currentType.map { "`\($0)`" } ?? "none") |")
        }
        try Self.expectArticle(holds: rows)
    }

    private static func link(_ payload: any EventPayload.Type) -> String {
        let name = String(describing: payload)
        guard name.hasPrefix("UpdateModel<") else { return "``\(name)``" }
        return "``UpdateModel`` of ``\(name.dropFirst("UpdateModel<".count).dropLast())``"
    }

    /// To renew the article, take the rows from the failure.
    private static func expectArticle(holds rows: [String]) throws {
        let table = rows.joined(separator: "\n") + "\n\n"
        let text = try String(contentsOf: self.article, encoding: .utf8) + "\n"
        #expect(text.contains(table), "the article lacks this table:\n\(table)")
    }
}
