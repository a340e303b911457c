extension HDF5Group {
    /// Returns a relative path with single slashes. Throws if a component could leave this group.
    func checkedPath(_ path: String) throws(HDF5Error) -> String {
        // Fast path for a plain name, the usual case.
        if !path.isEmpty, path.utf8.count < 1024, path != ".", path != "..",
            path.utf8.allSatisfy({ $0 != UInt8(ascii: "/") && $0 != 0 })
        {
            return path
        }
        let steps = path.split(separator: "/")
        guard !path.hasPrefix("/"), !steps.isEmpty, steps.count <= 64, path.utf8.count < 65_536,
            !path.utf8.contains(0), !steps.contains(where: { $0 == "." || $0 == ".." })
        else {
            let shown = path.unicodeScalars.prefix(80).map { $0.escaped(asASCII: false) }.joined()
            throw place.error(
                .refused, expected: "a name below this group (no leading '/', no '..')", found: "'\(shown)'")
        }
        return steps.dropFirst().reduce(String(steps[0])) { $0 + "/" + String($1) }
    }
}
