import CHDF5

/// The kind of an item in a group.
public enum HDF5ItemKind: Equatable, Sendable {
    case group, dataset
    /// A named datatype, which weight files do not need.
    case other
    /// A soft, external or user-defined link. Links are never followed.
    case link
}

/// A group: named groups and datasets, with attributes.
public struct HDF5Group: Sendable {
    let file: OpenFile
    let handle: SharedHandle
    /// The absolute path: `/model_weights/dense`.
    public let path: String

    var place: HDF5Place { HDF5Place(file: file.place.file, path: path) }

    public var attributes: HDF5Attributes { HDF5Attributes(file: file, owner: handle, path: path) }

    /// Returns the kind of the item with that name or relative path; nil if it does not exist or may not be
    /// accessed.
    public func kind(of name: String) -> HDF5ItemKind? {
        guard let name = try? checkedPath(name) else { return nil }
        do throws(HDF5Error) {
            try checkLinks(name)
            return try open(name).kind
        } catch {
            return error.reason == .refused ? .link : nil
        }
    }

    /// Returns true if a group or dataset with that name exists.
    public func has(_ name: String) -> Bool {
        let kind = kind(of: name)
        return kind == .group || kind == .dataset
    }

    /// Returns the group with that name or relative path.
    public func group(named name: String) throws(HDF5Error) -> HDF5Group {
        let (handle, path) = try item(named: name, kind: .group, "a group")
        return HDF5Group(file: file, handle: handle, path: path)
    }

    /// Returns the dataset with that name or relative path. Throws if it is stored outside the file or uses
    /// unknown filters.
    public func dataset(named name: String) throws(HDF5Error) -> HDF5Dataset {
        let (handle, path) = try item(named: name, kind: .dataset, "a dataset")
        return try HDF5Dataset(file: file, handle: handle, path: path)
    }

    private func item(
        named name: String, kind: HDF5ItemKind, _ expected: String
    ) throws(HDF5Error) -> (SharedHandle, String) {
        let name = try checkedPath(name)
        try checkLinks(name)
        let (handle, found) = try open(name)
        guard found == kind else {
            let found = found == .group ? "a group" : found == .dataset ? "a dataset" : "a named datatype"
            throw place(of: name).error(.wrongKind, expected: expected, found: found)
        }
        return (handle, place(of: name).path)
    }

    private func open(_ name: String) throws(HDF5Error) -> (handle: SharedHandle, kind: HDF5ItemKind) {
        let place = place(of: name)
        let handle = try SharedHandle(
            unsafe H5Oopen(handle.id, name, HDF5Library.standard),
            else: place.damaged(expected: "a group or dataset"))
        switch H5Iget_type(handle.id) {
        case H5I_GROUP: return (handle, .group)
        case H5I_DATASET: return (handle, .dataset)
        default: return (handle, .other)
        }
    }

    /// Checks each component of the path before HDF5 resolves it.
    private func checkLinks(_ name: String) throws(HDF5Error) {
        HDF5Library.enter()
        var walked = ""
        for step in name.split(separator: "/") {
            let before = walked
            walked += (walked.isEmpty ? "" : "/") + String(step)
            let place = place(of: walked)
            var link = H5L_info_t()
            guard unsafe H5Lget_info(handle.id, walked, &link, HDF5Library.standard) >= 0 else {
                let error = place.damaged(expected: "a group or dataset")
                guard unsafe H5Lexists(handle.id, walked, HDF5Library.standard) > 0 else {
                    throw noSuchItem(String(step), in: before)
                }
                throw error
            }
            guard link.type == H5L_TYPE_HARD else {
                let found =
                    link.type == H5L_TYPE_SOFT
                    ? "a soft link"
                    : link.type == H5L_TYPE_EXTERNAL ? "a link to another file" : "a user-defined link"
                throw place.error(
                    .refused, expected: "a group or dataset in this file", found: found,
                    fix: "Links are not followed. Copy the target into the file (h5repack, h5copy).")
            }
        }
    }

    private func noSuchItem(_ step: String, in parent: String) -> HDF5Error {
        let group = parent.isEmpty ? self : try? group(named: parent)
        let names = (try? group?.childNames()) ?? []
        let shown = names.prefix(6).map { "'\($0)'" }.joined(separator: ", ")
        let found =
            group == nil
            ? "a dataset, which has no members"
            : names.isEmpty
                ? "an empty group"
                : shown + (names.count > 6 ? " and \(names.count - 6) more" : "")
        return (parent.isEmpty ? place : place(of: parent)).error(
            .noSuchItem, expected: "'\(step)'", found: found)
    }

    func place(of name: String) -> HDF5Place {
        HDF5Place(file: file.place.file, path: (path == "/" ? "" : path) + "/" + name)
    }

    /// Returns the names in this group, sorted by bytes.
    public func childNames() throws(HDF5Error) -> [String] {
        HDF5Library.enter()
        var names = NameList(limit: file.limits.children)
        let status = unsafe withUnsafeMutablePointer(to: &names) { names in
            unsafe H5Literate(
                handle.id, H5_INDEX_NAME, H5_ITER_INC, nil,
                { _, name, _, names in unsafe NameList.add(name, to: names) },
                names)
        }
        guard status >= 0 else { throw place.damaged(expected: "a list of names") }
        return try names.checked(place, "names in one group")
    }
}

/// The result of an HDF5 iteration.
struct NameList {
    private var names: [String] = []
    private var isUTF8 = true
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Returns 0 to continue, 1 to stop.
    static func add(_ name: UnsafePointer<CChar>?, to list: UnsafeMutableRawPointer?) -> herr_t {
        guard let name = unsafe name, let list = unsafe list?.assumingMemoryBound(to: NameList.self) else {
            return 1
        }
        guard let text = unsafe String(validatingCString: name) else {
            unsafe list.pointee.isUTF8 = false
            return 1
        }
        unsafe list.pointee.names.append(text)
        return unsafe list.pointee.names.count > list.pointee.limit ? 1 : 0
    }

    func checked(_ place: HDF5Place, _ what: String) throws(HDF5Error) -> [String] {
        guard isUTF8 else {
            throw place.error(.damaged, expected: "\(what) in UTF-8", found: "invalid bytes")
        }
        guard names.count <= limit else {
            throw place.error(.tooLarge, expected: "at most \(limit) \(what)", found: "more")
        }
        return names
    }
}
