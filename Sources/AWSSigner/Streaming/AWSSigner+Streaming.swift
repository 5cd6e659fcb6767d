// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

extension AWSSigner {
    /// Signs a request whose body follows in chunks.
    ///
    /// Beside what ``sign(_:payload:in:)`` sets, it sets `X-Amz-Content-SHA256`, `X-Amz-Decoded-Content-Length`, `Content-Length` (signed
    /// where there are no trailers), the encoding `aws-chunked` in front of those in `Content-Encoding`, and with trailers `X-Amz-Trailer`.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - body: how the body is cut.
    ///   - context: who signs, for which service, when and how.
    /// - Returns: what encodes the body.
    /// - Throws: ``AWSSignerError``, as ``sign(_:payload:in:)`` and ``AWSSignerError/Code/invalidBody``; the request is unchanged then.
    public func sign(
        _ request: inout HTTPRequest, chunked body: ChunkedBody, in context: SigningContext
    ) throws(AWSSignerError) -> ChunkedBodyEncoder {
        try body.validate()
        var context = context
        context.options.addsContentDigestHeader = true
        var copy = request
        let encodings = (copy.headerFields[.contentEncoding] ?? "").split(separator: ",").map { $0.trimmingSpaces() }
        copy.headerFields[.contentEncoding] = (["aws-chunked"] + encodings.filter { $0 != "aws-chunked" }).joined(separator: ",")
        copy.headerFields[.decodedContentLength] = String(body.contentLength)
        copy.headerFields[.trailerNames] =
            body.trailers.isEmpty ? nil : body.trailers.map(\.name.canonicalName).joined(separator: ",")
        let length = String(body.encodedLength(for: context.algorithm))
        copy.headerFields[.contentLength] = body.trailers.isEmpty ? length : nil
        let steps = try self.signHeaders(&copy, payload: .stream(marker: body.marker(for: context.algorithm)), in: context)
        copy.headerFields[.contentLength] = length
        request = copy
        let signature = StreamSignature(seed: steps.signature, context: context, keys: self.keys)
        return ChunkedBodyEncoder(body, algorithm: context.algorithm, steps: steps, signature: signature)
    }

    /// Signs a request whose body is an event stream.
    ///
    /// Beside what ``sign(_:payload:in:)`` sets, it sets `X-Amz-Content-SHA256`.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - context: who signs, for which service, when and how; the time of each message is given with it.
    /// - Returns: what signs the messages.
    /// - Throws: ``AWSSignerError``, as ``sign(_:payload:in:)``, and ``AWSSignerError/Code/invalidContext`` for
    ///   ``SigningAlgorithm/v4a``, in which no service takes event streams.
    public func sign(_ request: inout HTTPRequest, eventStreamIn context: SigningContext) throws(AWSSignerError) -> EventStreamSigner {
        guard context.algorithm == .v4 else {
            throw AWSSignerError(.invalidContext, message: "event streams are signed with SigningAlgorithm.v4 alone")
        }
        var context = context
        context.options.addsContentDigestHeader = true
        let steps = try self.signHeaders(&request, payload: .stream(marker: "STREAMING-\(context.algorithm)-EVENTS"), in: context)
        return EventStreamSigner(StreamSignature(seed: steps.signature, context: context, keys: self.keys))
    }
}

extension Substring {
    /// The text without spaces at its ends.
    fileprivate func trimmingSpaces() -> String {
        String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
