// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Which operations and types stand in which file.
struct FilePlan {
    /// One file.
    struct File {
        /// The path below the client's folder of generated files.
        var path: String
        var operations: [OperationModel] = []
        /// The names of structures and enumerations, in the model.
        var types: [String] = []
    }

    /// The most operations of a file.
    static let maximumOperationCount = 15

    private(set) var files: [File] = []

    init(_ model: ServiceModel, _ usage: ShapeUsage) throws {
        var paths: [String: String] = [:]
        let groups = Dictionary(grouping: model.operations) { Resource(operation: $0.name).noun[0] }
        for operations in groups.values {
            let folder = Resource.folder(of: operations.map { Resource(operation: $0.name) })
            for operation in operations {
                let isOneFile = operations.count <= Self.maximumOperationCount
                let name = isOneFile ? folder : Resource(operation: operation.name).file
                // A module has one file of that name already.
                paths[operation.name] = "\(folder)/\(name == "Exports" ? "ExportsOperations" : name)"
            }
        }
        var files: [String: File] = [:]
        for operation in model.operations.sorted(by: { $0.name < $1.name }) {
            let path = paths[operation.name] ?? operation.name
            files[path, default: File(path: path)].operations.append(operation)
        }
        if let long = files.values.first(where: { $0.operations.count > Self.maximumOperationCount }) {
            throw GeneratorError("\(long.path) has \(long.operations.count) operations")
        }
        for type in usage.all.sorted() {
            let users = Set(usage.byOperation.filter { $0.value.contains(type) }.map { paths[$0.key] ?? $0.key })
            let path = Self.path(of: type, usedIn: users)
            files[path, default: File(path: path)].types.append(type)
        }
        files = Self.gatherSmall(files)
        self.files = files.values.sorted { $0.path < $1.path }
    }

    /// Files of shared types that hold less than three become one.
    private static func gatherSmall(_ files: [String: File]) -> [String: File] {
        var files = files
        for (path, file) in files where path.hasPrefix("Shared/") && file.types.count < 3 {
            files[path] = nil
            files["Shared/OtherTypes", default: File(path: "Shared/OtherTypes")].types += file.types
        }
        files["Shared/OtherTypes"]?.types.sort()
        return files
    }

    /// A type stands beside its operations, where one file has them all; otherwise with the types of their folder, or of all folders.
    private static func path(of type: String, usedIn files: Set<String>) -> String {
        if files.count == 1, let file = files.first { return file }
        let folders = Set(files.map { String($0.prefix { $0 != "/" }) })
        if folders.count == 1, let folder = folders.first { return "\(folder)/\(folder)Types" }
        return "Shared/\(SwiftName.type(SwiftName.words(type).first ?? type))Types"
    }
}
