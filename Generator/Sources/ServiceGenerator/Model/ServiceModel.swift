// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import JSONCoding

/// The model of a service, as botocore ships it.
package struct ServiceModel {
    /// How requests and answers are written.
    enum WireProtocol: Equatable {
        case restJSON
        case json10(targetPrefix: String)
        case json11(targetPrefix: String)
        case query
    }

    /// The folder in botocore, such as `iot-data`.
    var folder: String
    var version: String
    var serviceID: String
    var endpointPrefix: String
    var signingName: String
    var wireProtocol: WireProtocol
    /// In the order of the model.
    var operations: [OperationModel]
    var shapes: [String: Shape]
    var paginators: [String: Paginator]
    var waiters: [Waiter]

    /// Reads a model.
    ///
    /// - Parameters:
    ///   - folder: its folder in botocore.
    ///   - service: `service-2.json`.
    ///   - paginators: `paginators-1.json`.
    ///   - waiters: `waiters-2.json`, if there is one.
    package init(folder: String, service: JSONValue, paginators: JSONValue?, waiters: JSONValue?) throws {
        self.folder = folder
        let metadata = try service.object("metadata")
        self.version = try metadata.text("apiVersion")
        self.serviceID = try metadata.text("serviceId")
        self.endpointPrefix = try metadata.text("endpointPrefix")
        self.signingName = metadata["signingName"]?.stringValue ?? self.endpointPrefix
        self.wireProtocol = try Self.wireProtocol(metadata)
        self.operations = try service.object("operations").members.map { try OperationModel($0.key, $0.value) }
        self.shapes = [:]
        for (name, value) in try service.object("shapes").members.map({ ($0.key, $0.value) }) { self.shapes[name] = try Shape(name, value) }
        self.paginators = [:]
        for member in try paginators?.object("pagination").members ?? [] { self.paginators[member.key] = try Paginator(member.value) }
        self.waiters = try waiters?.object("waiters").members.map { try Waiter($0.key, $0.value) } ?? []
    }

    func shape(_ name: String) throws -> Shape {
        guard let shape = self.shapes[name] else { throw GeneratorError("\(self.folder) has no shape \(name)") }
        return shape
    }

    private static func wireProtocol(_ metadata: JSONValue) throws -> WireProtocol {
        switch (try metadata.text("protocol"), metadata["jsonVersion"]?.stringValue) {
        case ("rest-json", _): return .restJSON
        case ("json", "1.0"): return .json10(targetPrefix: try metadata.text("targetPrefix"))
        case ("json", "1.1"): return .json11(targetPrefix: try metadata.text("targetPrefix"))
        case ("query", _): return .query
        case (let name, let version): throw GeneratorError("the protocol \(name) \(version ?? "") is not known")
        }
    }
}
