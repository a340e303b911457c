import Testing

@testable import Network

@Test("each name in the table of layers is its type's own, and there once")
func layerTableNames() {
    for row in LayerTable.rows { #expect(row.className == row.type().className) }
    #expect(Set(LayerTable.classNames).count == LayerTable.rows.count)
}
