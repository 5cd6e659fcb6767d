// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// Cuts a body into chunks and signs them, while it is sent.
///
/// ``AWSSigner/sign(_:chunked:in:)`` makes one for each request. Pieces may be of any length; at most one chunk is kept back.
public struct ChunkedBodyEncoder: ~Copyable {
    /// How many bytes come out in all: the `Content-Length` of the request.
    public let encodedLength: Int
    /// What the signature of the request was made of.
    package let steps: AWSSigner.Steps

    private let body: ChunkedBody
    private let algorithm: SigningAlgorithm
    private var signature: StreamSignature
    private var pending: [UInt8] = []
    private var received = 0

    init(_ body: ChunkedBody, algorithm: SigningAlgorithm, steps: AWSSigner.Steps, signature: StreamSignature) {
        self.encodedLength = body.encodedLength(for: algorithm)
        self.body = body
        self.algorithm = algorithm
        self.steps = steps
        self.signature = signature
    }

    /// Takes the next piece of the body.
    ///
    /// - Parameter piece: the piece, of any length.
    /// - Returns: the chunks that are full now, to be sent next; often none.
    /// - Throws: ``AWSSignerError/Code/invalidBody`` when more comes than was announced, and nothing of the piece is taken then;
    ///   ``AWSSignerError/Code/cryptographyFailed`` when OpenSSL fails, which ends the body.
    public mutating func encode(_ piece: Span<UInt8>) throws(AWSSignerError) -> [UInt8] {
        guard piece.count <= self.body.contentLength - self.received else {
            throw AWSSignerError(.invalidBody, message: "the body has more than the \(self.body.contentLength) bytes that were announced")
        }
        self.received += piece.count
        var encoded: [UInt8] = []
        var start = 0
        while start < piece.count {
            let end = min(piece.count, start + self.body.chunkLength - self.pending.count)
            unsafe piece.extracting(start..<end).withUnsafeBufferPointer { unsafe self.pending.append(contentsOf: $0) }
            start = end
            if self.pending.count == self.body.chunkLength { try self.flush(into: &encoded) }
        }
        return encoded
    }

    /// Ends the body.
    ///
    /// - Parameter trailers: the values of the trailers that were announced.
    /// - Returns: what is left to be sent.
    /// - Throws: ``AWSSignerError/Code/invalidBody`` when less came than was announced, or other trailers;
    ///   ``AWSSignerError/Code/cryptographyFailed`` when OpenSSL fails.
    public consuming func finish(trailers: HTTPFields = [:]) throws(AWSSignerError) -> [UInt8] {
        guard self.received == self.body.contentLength else {
            throw AWSSignerError(
                .invalidBody, message: "the body has \(self.received) bytes where \(self.body.contentLength) were announced")
        }
        let values = try self.values(of: trailers)
        var encoded: [UInt8] = []
        if !self.pending.isEmpty { try self.flush(into: &encoded) }
        try self.appendHead(into: &encoded)
        for (name, value) in values { encoded += Array("\(name.rawName):\(value)\(ChunkedBody.lineEnd)".utf8) }
        if self.body.signsChunks, !values.isEmpty {
            let sorted = values.sorted { $0.name.canonicalName < $1.name.canonicalName }
            let canonical = sorted.map { "\($0.name.canonicalName):\($0.value)\n" }.joined()
            let signature = try self.signature.sign(trailers: Array(canonical.utf8))
            encoded += Array("\(ChunkedBody.trailerSignatureName)\(self.padded(signature))\(ChunkedBody.lineEnd)".utf8)
        }
        return encoded + Array(ChunkedBody.lineEnd.utf8)
    }

    /// The values in the order in which they were announced.
    private func values(of trailers: HTTPFields) throws(AWSSignerError) -> [(name: HTTPField.Name, value: String)] {
        var values: [(name: HTTPField.Name, value: String)] = []
        for trailer in self.body.trailers {
            guard let value = trailers[trailer.name], value.utf8.count == trailer.valueLength else {
                throw AWSSignerError(
                    .invalidBody, message: "the trailer \(trailer.name) is missing, or its value has not \(trailer.valueLength) bytes")
            }
            values.append((trailer.name, value))
        }
        guard trailers.count == values.count else {
            throw AWSSignerError(.invalidBody, message: "a trailer came that was not announced")
        }
        return values
    }

    /// Appends the chunk that is kept back.
    private mutating func flush(into encoded: inout [UInt8]) throws(AWSSignerError) {
        encoded.reserveCapacity(encoded.count + self.pending.count + 256)
        try self.appendHead(into: &encoded)
        encoded += self.pending
        encoded += Array(ChunkedBody.lineEnd.utf8)
        self.pending.removeAll(keepingCapacity: true)
    }

    /// Appends the line before the data of the chunk that is kept back; without one that of the last, empty chunk.
    private mutating func appendHead(into encoded: inout [UInt8]) throws(AWSSignerError) {
        var line = String(self.pending.count, radix: 16)
        if self.body.signsChunks {
            let signature = try Self.sign(self.pending, with: &self.signature)
            line += ChunkedBody.signatureExtension + self.padded(signature)
        }
        encoded += Array((line + ChunkedBody.lineEnd).utf8)
    }

    private static func sign(_ data: [UInt8], with signature: inout StreamSignature) throws(AWSSignerError) -> String {
        try signature.sign(data.span)
    }

    private func padded(_ signature: String) -> String {
        signature + String(repeating: "*", count: max(0, ChunkedBody.signatureLength(of: self.algorithm) - signature.utf8.count))
    }
}
