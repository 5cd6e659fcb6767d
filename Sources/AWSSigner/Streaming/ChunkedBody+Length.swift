// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

extension ChunkedBody {
    static let signatureExtension = ";chunk-signature="
    static let trailerSignatureName = "x-amz-trailer-signature:"
    static let lineEnd = "\r\n"

    /// How many characters a signature takes in the body: one of ECDSA, whose length varies, is padded.
    static func signatureLength(of algorithm: SigningAlgorithm) -> Int { algorithm == .v4a ? 144 : 64 }

    /// How many bytes the body has in its chunks, with signatures and trailers: the `Content-Length` of the request.
    func encodedLength(for algorithm: SigningAlgorithm) -> Int {
        let (full, rest) = self.contentLength.quotientAndRemainder(dividingBy: self.chunkLength)
        let signature = Self.signatureLength(of: algorithm)
        var length = full * self.frameLength(of: self.chunkLength, signature: signature) + (full * self.chunkLength)
        if rest > 0 { length += self.frameLength(of: rest, signature: signature) + rest }
        // The last, empty chunk has no data and so no line end behind it; the one here ends the trailers.
        length += self.frameLength(of: 0, signature: signature)
        for trailer in self.trailers {
            length += trailer.name.rawName.utf8.count + 1 + trailer.valueLength + Self.lineEnd.utf8.count
        }
        if self.signsChunks, !self.trailers.isEmpty {
            length += Self.trailerSignatureName.utf8.count + signature + Self.lineEnd.utf8.count
        }
        return length
    }

    /// What a chunk takes beside its data: the line before and the line end behind.
    private func frameLength(of count: Int, signature: Int) -> Int {
        let digits = String(count, radix: 16).utf8.count
        let mark = self.signsChunks ? Self.signatureExtension.utf8.count + signature : 0
        return digits + mark + 2 * Self.lineEnd.utf8.count
    }
}
