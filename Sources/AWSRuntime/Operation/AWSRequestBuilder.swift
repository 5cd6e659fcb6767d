// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner
public import HTTPTypes
public import JSONCoding

/// Collects the input of one operation and makes the HTTP request of it, in the way of the service's protocol.
///
/// A value that is `nil` is left out everywhere.
public struct AWSRequestBuilder: Sendable {
    private let service: AWSService
    private var method: HTTPRequest.Method
    private var path: AWSPath
    private var queryItems: [(name: String, value: String)] = []
    private var fields = HTTPFields()
    private var object: JSONWriter?
    private var form: AWSFormWriter?
    private var payload: [UInt8]?
    private var invalidFieldName: String?
    private var invalidValue: JSONError?

    /// Begins the request of an operation, which a client does for each call; for the test of an operation of one's own.
    ///
    /// - Parameter operation: whose request it is. Nothing of its input is in it: ``AWSOperation/encode(into:)`` writes that.
    public init<Operation: AWSOperation>(_ operation: Operation.Type) {
        self.service = Operation.service
        self.method = .post
        self.path = "/"
        switch Operation.service.wireProtocol {
        case .restJSON: break
        case .json10(let targetPrefix), .json11(let targetPrefix):
            self.header("X-Amz-Target", "\(targetPrefix).\(Operation.name)")
            self.jsonObject()
        case .query(let version):
            var form = AWSFormWriter()
            form.member("Action", Operation.name)
            form.member("Version", version)
            self.form = form
        }
    }

    /// Sets method and path; for services of the `restJSON` protocol.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - path: the path; what is interpolated is percent-encoded.
    public mutating func http(_ method: HTTPRequest.Method, _ path: AWSPath) {
        self.method = method
        self.path = path
    }

    /// Adds a parameter to the query of the URL.
    ///
    /// - Parameters:
    ///   - name: the parameter's name.
    ///   - value: its value, not encoded yet.
    public mutating func query(_ name: String, _ value: String?) {
        if let value { self.queryItems.append((name, value)) }
    }

    /// Adds a parameter to the query of the URL once for each of its values.
    ///
    /// - Parameters:
    ///   - name: the parameter's name.
    ///   - values: its values, not encoded yet.
    public mutating func query(_ name: String, _ values: [String]?) {
        for value in values ?? [] { self.query(name, value) }
    }

    /// Adds a date and time to the query of the URL, by ISO 8601.
    ///
    /// - Parameters:
    ///   - name: the parameter's name.
    ///   - value: its value.
    public mutating func query(_ name: String, _ value: AWSTimestamp?) { self.query(name, value?.extendedFormat) }

    /// Adds a number to the query of the URL.
    ///
    /// - Parameters:
    ///   - name: the parameter's name.
    ///   - value: its value.
    public mutating func query(_ name: String, _ value: Int?) { self.query(name, value.map(String.init)) }

    /// Adds `true` or `false` to the query of the URL.
    ///
    /// - Parameters:
    ///   - name: the parameter's name.
    ///   - value: its value.
    public mutating func query(_ name: String, _ value: Bool?) { self.query(name, value.map { $0 ? "true" : "false" }) }

    /// Sets a header field.
    ///
    /// - Parameters:
    ///   - name: the field's name; one that HTTP does not allow makes the call fail.
    ///   - value: its value.
    public mutating func header(_ name: String, _ value: String?) {
        guard let value else { return }
        if let name = HTTPField.Name(name) {
            self.fields[name] = value
        } else {
            self.invalidFieldName = name
        }
    }

    /// Sets a header field to a JSON value, as base64.
    ///
    /// - Parameters:
    ///   - name: the field's name.
    ///   - value: its value; one without a JSON form makes the call fail.
    public mutating func header(_ name: String, json value: JSONValue?) {
        guard let value else { return }
        do {
            self.header(name, Base64.encode(try JSONWriter.encode(value)))
        } catch {
            self.invalidValue = error
        }
    }

    /// Makes the body a JSON object, also where no member is added to it.
    ///
    /// What a service of the `restJSON` protocol expects of an operation whose input has members in the body.
    public mutating func jsonObject() {
        guard self.object == nil else { return }
        self.object = JSONWriter()
        self.object?.beginObject()
    }

    /// Adds a member to the JSON object that is the body.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - value: its value.
    public mutating func json(_ name: String, _ value: (some JSONEncodable)?) {
        guard let value else { return }
        self.jsonObject()
        self.object?.member(name, value)
    }

    /// Adds a member to the JSON object that is the body, its value bytes as base64.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - bytes: its value.
    public mutating func json(_ name: String, bytes: [UInt8]?) { self.json(name, bytes.map { Base64.encode($0) }) }

    /// Makes the body one JSON value, or an empty object where there is none.
    ///
    /// - Parameter value: the value.
    public mutating func jsonBody(_ value: (some JSONEncodable)?) {
        guard let value else { return self.jsonObject() }
        do {
            self.body(try JSONWriter.encode(value), contentType: self.service.jsonMediaType)
        } catch {
            self.invalidValue = error
        }
    }

    /// Adds a parameter to the form that is the body; for services of the `query` protocol.
    ///
    /// - Parameters:
    ///   - name: the parameter's name.
    ///   - value: its value.
    public mutating func form(_ name: String, _ value: (some AWSFormEncodable)?) { self.form?.member(name, value) }

    /// Adds a parameter to the form that is the body, its value a map with names of its own for what an entry has.
    ///
    /// - Parameters:
    ///   - name: the parameter's name.
    ///   - map: its value.
    ///   - keyName: the name of an entry's key.
    ///   - valueName: the name of an entry's value.
    public mutating func form(_ name: String, _ map: [String: some AWSFormEncodable]?, key keyName: String, value valueName: String) {
        self.form?.member(name, map, key: keyName, value: valueName)
    }

    /// Adds a parameter to the form that is the body, its value bytes as base64.
    ///
    /// - Parameters:
    ///   - name: the parameter's name.
    ///   - bytes: its value.
    public mutating func form(_ name: String, bytes: [UInt8]?) { self.form?.member(name, bytes: bytes) }

    /// A new token that tells the service that attempts belong to one call, for where the caller gave none.
    ///
    /// An operation is encoded once for all attempts, so that all of them carry the same.
    ///
    /// - Returns: a random UUID (RFC 9562 version 4).
    public func idempotencyToken() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Sets the body to bytes that are no document of ours.
    ///
    /// - Parameters:
    ///   - bytes: the body.
    ///   - contentType: its media type.
    public mutating func body(_ bytes: [UInt8], contentType: String = "application/octet-stream") {
        self.payload = bytes
        self.fields[.contentType] = contentType
    }

    /// Ends the request, which is not signed yet.
    ///
    /// - Parameter endpoint: where it is to be sent.
    /// - Returns: its head, without the fields that a client adds to every request, and its body.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/invalidRequest`` where the input can't be sent: a part of the path is empty, a name is
    ///   none of a header field, or a value has no JSON form.
    public consuming func finish(for endpoint: AWSEndpoint) throws(AWSError) -> (head: HTTPRequest, body: [UInt8]) {
        if let name = self.invalidFieldName {
            throw AWSError(.invalidRequest, code: "InvalidRequest", message: "'\(name)' is no name of a header field")
        }
        if let invalidValue { throw Self.noJSONForm(of: self.service, invalidValue) }
        guard !self.path.hasEmptySegment else {
            throw AWSError(.invalidRequest, code: "InvalidRequest", message: "a name or id that is part of the path is empty")
        }
        var body = self.payload ?? []
        if self.payload == nil, var object = self.object {
            object.endObject()
            do {
                body = try object.finish()
            } catch {
                throw Self.noJSONForm(of: self.service, error)
            }
            self.fields[.contentType] = self.service.jsonMediaType
        } else if let form = self.form {
            body = form.finish()
            self.fields[.contentType] = "application/x-www-form-urlencoded; charset=utf-8"
        }
        var target = endpoint.basePath + self.path.encoded
        if !self.queryItems.isEmpty { target += "?" + Self.encode(self.queryItems) }
        return (
            HTTPRequest(
                method: self.method, scheme: endpoint.scheme, authority: endpoint.authority, path: target, headerFields: self.fields),
            body
        )
    }

    private static func noJSONForm(of service: AWSService, _ error: JSONError) -> AWSError {
        AWSError(.invalidRequest, code: "InvalidRequest", message: "the input of \(service.name) has no JSON form: \(error)")
    }

    private static func encode(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }
}

extension AWSService {
    fileprivate var jsonMediaType: String {
        switch self.wireProtocol {
        case .json10: "application/x-amz-json-1.0"
        case .json11: "application/x-amz-json-1.1"
        case .restJSON, .query: "application/json"
        }
    }
}
