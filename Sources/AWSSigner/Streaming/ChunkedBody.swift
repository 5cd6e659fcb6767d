// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// A body that is sent in chunks of one length, content encoding `aws-chunked`, so that it is signed without being at hand as a whole.
///
/// Source: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks", Amazon S3 API reference.
public struct ChunkedBody: Hashable, Sendable {
    /// A field that follows the body, such as a checksum that is computed while the body is sent.
    public struct Trailer: Hashable, Sendable {
        /// The name of the field.
        public var name: HTTPField.Name
        /// How many bytes its value has, which the length of the whole is computed of.
        public var valueLength: Int

        /// Announces a trailer.
        ///
        /// - Parameters:
        ///   - name: the name of the field.
        ///   - valueLength: how many bytes its value has.
        public init(_ name: HTTPField.Name, valueLength: Int) {
            self.name = name
            self.valueLength = valueLength
        }
    }

    /// The shortest chunk that S3 takes, the last one aside: 8 KiB.
    public static let minimumChunkLength = 8_192
    /// The longest chunk that is made here, which bounds the memory that an encoder takes: 16 MiB.
    public static let maximumChunkLength = 16_777_216

    /// How many bytes the body has, before it is cut into chunks.
    public var contentLength: Int
    /// How many bytes a chunk has, the last one aside; by default 64 KiB.
    public var chunkLength: Int
    /// Whether each chunk has a signature; true by default.
    ///
    /// False asks for at least one trailer, and for TLS.
    public var signsChunks: Bool
    /// The fields that follow the body, in the order in which they are sent; by default none.
    public var trailers: [Trailer]

    /// Describes a body.
    ///
    /// - Parameters:
    ///   - contentLength: how many bytes the body has.
    ///   - chunkLength: how many bytes a chunk has, from ``minimumChunkLength`` to ``maximumChunkLength``.
    ///   - signsChunks: whether each chunk has a signature.
    ///   - trailers: the fields that follow the body.
    public init(contentLength: Int, chunkLength: Int = 65_536, signsChunks: Bool = true, trailers: [Trailer] = []) {
        self.contentLength = contentLength
        self.chunkLength = chunkLength
        self.signsChunks = signsChunks
        self.trailers = trailers
    }

    /// What stands for the body in the canonical request.
    func marker(for algorithm: SigningAlgorithm) -> String {
        let end = self.trailers.isEmpty ? "" : "-TRAILER"
        return self.signsChunks ? "STREAMING-\(algorithm)-PAYLOAD\(end)" : "STREAMING-UNSIGNED-PAYLOAD\(end)"
    }

    /// Checks that the body can be sent in this way.
    func validate() throws(AWSSignerError) {
        guard self.contentLength >= 0, self.contentLength <= 1 << 50 else {
            throw AWSSignerError(.invalidBody, message: "a body has 0 bytes to 1 PiB, not \(self.contentLength)")
        }
        guard (Self.minimumChunkLength...Self.maximumChunkLength).contains(self.chunkLength) else {
            throw AWSSignerError(
                .invalidBody,
                message: "a chunk has \(Self.minimumChunkLength) to \(Self.maximumChunkLength) bytes, not \(self.chunkLength)")
        }
        guard self.signsChunks || !self.trailers.isEmpty else {
            throw AWSSignerError(
                .invalidBody, message: "chunks without signatures need a trailer; without one send SigningPayload.unsigned")
        }
        guard Set(self.trailers.map(\.name)).count == self.trailers.count,
            self.trailers.allSatisfy({ (0...8_192).contains($0.valueLength) })
        else { throw AWSSignerError(.invalidBody, message: "a trailer stands twice, or its value is not of 0 to 8192 bytes") }
    }
}
