// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
public import JSONCoding
public import XMLCoding

/// An error of a service with the members that its model gives it, read on demand: `error.decoded(as: ConflictingResourceUpdate.self)`.
///
/// A type that is `JSONDecodable` too, for a service with JSON, or ``AWSXMLServiceError``, for one with XML, needs no more than that.
public protocol AWSServiceError: Sendable {
    /// The code by which the service names it.
    static var code: AWSErrorCode { get }

    /// Reads the members from ``AWSError/body`` and ``AWSError/headers``.
    ///
    /// - Parameter error: an error with the code.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/malformedResponse`` when they cannot be read.
    init(from error: AWSError) throws(AWSError)
}

extension AWSServiceError where Self: JSONDecodable {
    /// Reads the members from the body, a JSON object; an empty one counts as an empty object.
    ///
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/malformedResponse``.
    public init(from error: AWSError) throws(AWSError) { try self.init(bodyOf: error) }

    /// Reads the members from the body, for errors that have some in header fields too.
    ///
    /// - Parameter error: an error with the code.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/malformedResponse``.
    public init(bodyOf error: AWSError) throws(AWSError) {
        do throws(JSONError) {
            var json = JSONReader(answer: error.body)
            try self.init(from: &json)
            try json.finish()
        } catch let reason {
            throw AWSError(undecodable: error, because: reason)
        }
    }
}

/// An error of a service that answers with XML.
public protocol AWSXMLServiceError: AWSServiceError {
    /// Reads the members; unknown elements are to be skipped.
    ///
    /// - Parameter xml: stands within the element `Error`: read its children with `nextElement()` until `nil`.
    /// - Throws: what is wrong with the document.
    init(from xml: inout XMLReader) throws(XMLError)
}

extension AWSXMLServiceError {
    /// Reads the members from the body, `<ErrorResponse><Error>…` or `<Error>…`.
    ///
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/malformedResponse``.
    public init(from error: AWSError) throws(AWSError) {
        do throws(XMLError) {
            var xml = try XMLReader(error.body)
            var element = try xml.nextElement()
            if element == "ErrorResponse" {
                element = try xml.nextElement()
                while let other = element, other != "Error" {
                    try xml.skip()
                    element = try xml.nextElement()
                }
            }
            guard element == "Error" else {
                throw XMLError(.unexpectedElement, at: xml.offset, message: "there is no <Error>")
            }
            try self.init(from: &xml)
        } catch let reason {
            throw AWSError(undecodable: error, because: reason)
        }
    }
}

extension AWSError {
    /// The value of a header field of the answer.
    ///
    /// - Parameter name: the field's name, in any case.
    /// - Returns: its value, or `nil` when there is none.
    public func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { self.headers[$0] } }

    /// Reads the error as a modelled one.
    ///
    /// - Parameter type: the modelled error.
    /// - Returns: the error with its members; `nil` when this one has another code.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/malformedResponse`` when the members cannot be read.
    public func decoded<Modelled: AWSServiceError>(as type: Modelled.Type) throws(AWSError) -> Modelled? {
        self.kind == .service && self.code == type.code ? try Modelled(from: self) : nil
    }
}
