// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
package import HTTPTypes
import JSONCoding
import Transport
import XMLCoding

extension AWSError {
    /// The error that an answer with an error status tells of; whatever the body holds, there is an error with a code.
    init(response: AWSResponse) {
        let status = response.head.status.code
        let body = ErrorBody(response)
        let code = body.code ?? .unknown
        self.init(
            .service, code: code, message: Self.withoutRequest(body.message ?? Self.excerpt(of: response.body, status: status)),
            isRetryable: Self.retryableStatuses.contains(status) || code.isTransient || code.isThrottling(status: status), status: status,
            requestID: response.requestID ?? body.requestID, retryAfter: RetryAfter(response.head.headerFields)?.duration)
        self.keep(response)
    }

    /// The members of a modelled error cannot be read.
    init(undecodable error: AWSError, because reason: any Error) {
        self = error
        self.kind = .malformedResponse
        self.message = "the members of \(error.code) cannot be read: \(reason); it said: \(error.message)"
    }

    /// An answer of success that does not hold what the operation returns.
    ///
    /// It counts as retryable: a proxy's page in place of an answer passes. Nothing of the body is in the message, since what an operation
    /// returns may be secret.
    init<Operation: AWSOperation>(malformed response: AWSResponse, of operation: Operation.Type, because reason: any Error) {
        self.init(
            .malformedResponse, code: "MalformedResponse",
            message:
                "the answer to \(Operation.name) cannot be read: \(reason) (HTTP \(response.head.status.code), \(response.body.count) bytes, \(response.header("content-type") ?? "no content type"))",
            isRetryable: true, status: response.head.status.code, requestID: response.requestID)
        self.keep(response)
    }

    /// An exception or error in an event stream.
    init(inStream message: EventStreamMessage, requestID: String?) {
        let code = (message.exceptionType ?? message[":error-code"]?.string).map { AWSErrorCode(rawValue: $0) } ?? .unknown
        let document = try? JSONValue(parsing: message.payload)
        let text = message[":error-message"]?.string ?? document?["message"]?.stringValue ?? document?["Message"]?.stringValue
        self.init(
            .service, code: code, message: text ?? "the event stream ended with an error",
            isRetryable: code.isTransient || code.isThrottling(status: nil),
            requestID: requestID)
        self.keep(AWSResponse(head: HTTPResponse(status: .ok), body: message.payload))
    }

    /// There was no whole answer.
    init(_ error: TransportError) {
        self.init(
            error.code == .cancelled ? .cancelled : .transport, code: AWSErrorCode(rawValue: error.code.description),
            message: error.message,
            isRetryable: error.isRetryable)
    }

    /// The statuses after which another attempt may succeed.
    private static let retryableStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]

    /// The message without the request that was signed, which services quote where they refuse a signature: it has the session token.
    private static func withoutRequest(_ message: String) -> String {
        guard let quote = message.firstRange(of: "The Canonical String") else { return message }
        var kept = message[..<quote.lowerBound]
        while kept.last?.isWhitespace == true { kept.removeLast() }
        return String(kept)
    }

    /// The start of the unexpected body of an error as one printable line.
    private static func excerpt(of body: [UInt8], status: Int) -> String {
        guard !body.isEmpty else { return "HTTP \(status) without a body" }
        let text = String(decoding: body.prefix(512), as: UTF8.self).unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }
        var line = String.UnicodeScalarView()
        line.append(contentsOf: text)
        return "HTTP \(status), \(body.count) bytes: \(String(line).split(separator: " ").joined(separator: " "))"
    }
}

extension RetryAfter {
    /// What the header fields of an answer ask for; what they cannot mean is ignored.
    package init?(_ fields: HTTPFields) {
        if let text = Self.millisecondsName.flatMap({ fields[$0] }), let milliseconds = Int64(text), (0...86_400_000).contains(milliseconds)
        {
            self = .around(.milliseconds(milliseconds))
        } else if let text = fields[.retryAfter], let seconds = Self.seconds(text, after: fields[.date]) {
            self = .atLeast(.seconds(seconds))
        } else {
            return nil
        }
    }

    private static let millisecondsName = HTTPField.Name("x-amz-retry-after")

    /// How long to wait.
    package var duration: Duration {
        switch self {
        case .atLeast(let duration), .around(let duration): duration
        }
    }

    /// The seconds of `Retry-After`, which is a number of them or a date (RFC 9110 section 10.2.3).
    private static func seconds(_ text: String, after date: String?) -> Int64? {
        var seconds = Int64(text)
        if seconds == nil, let end = AWSTimestamp(headerField: text), let start = date.flatMap(AWSTimestamp.init(headerField:)) {
            seconds = max(end.secondsSinceEpoch - start.secondsSinceEpoch, 0)
        }
        return seconds.flatMap { (0...86_400).contains($0) ? $0 : nil }
    }
}

/// What the body and the header fields of an error say, in any of the protocols' forms; all of it may be missing.
private struct ErrorBody {
    var code: AWSErrorCode?
    var message: String?
    var requestID: String?

    init(_ response: AWSResponse) {
        // Some services answer errors of the signature in XML, whatever their protocol.
        if response.body.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "<") {
            self.readXML(response.body)
        } else {
            self.readJSON(response.body)
        }
        if let type = response.header("x-amzn-errortype") { self.code = Self.code(type) ?? self.code }
        // Services that came from the query protocol name the code that they had there, and who is at fault, `Code;Sender`.
        if self.code == nil, let old = response.header("x-amzn-query-error") { self.code = Self.code(String(old.prefix { $0 != ";" })) }
    }

    private mutating func readJSON(_ body: [UInt8]) {
        guard let value = try? JSONValue(parsing: body) else { return }
        let type = value["__type"]?.stringValue ?? value["code"]?.stringValue ?? value["Code"]?.stringValue
        self.code = type.flatMap(Self.code)
        self.message = value["message"]?.stringValue ?? value["Message"]?.stringValue ?? value["errorMessage"]?.stringValue
    }

    private mutating func readXML(_ body: [UInt8]) {
        // What was read before the document turned out to be broken, an HTML page for instance, is kept.
        guard var xml = try? XMLReader(body), let root = try? xml.nextElement(), root == "ErrorResponse" || root == "Error" else { return }
        try? self.readErrorElement(&xml)
    }

    /// Reads the children of the element the reader stands in; `<Error>` within `<ErrorResponse>` likewise.
    private mutating func readErrorElement(_ xml: inout XMLReader) throws(XMLError) {
        var depth = 0
        while true {
            guard let element = try xml.nextElement() else {
                guard depth > 0 else { return }
                depth -= 1
                continue
            }
            switch element {
            case "Error": depth += 1
            case "Code": self.code = Self.code(try xml.readText())
            case "Message": self.message = try xml.readText()
            case "RequestId", "RequestID": self.requestID = try xml.readText()
            default: try xml.skip()
            }
        }
    }

    /// The code without the namespace before `#` and the address after `:` that some services add.
    private static func code(_ type: String) -> AWSErrorCode? {
        let withoutAddress = type.prefix { $0 != ":" }
        let name = withoutAddress.split(separator: "#").last ?? ""
        return name.isEmpty ? nil : AWSErrorCode(rawValue: String(name))
    }
}
