// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Signs a body that is sent in chunks, with its checksum behind it, for buckets in two regions.

import AWSSigner
import HTTPTypes
import SystemCrypto

let signer = AWSSigner()
let context = SigningContext(
    credentials: AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "not-a-secret"),
    region: "eu-west-1,eu-central-1", service: "s3", timestamp: .now, algorithm: .v4a)
let pieces = [[UInt8](repeating: 1, count: 70_000), [UInt8](repeating: 2, count: 30_000)]

func send(_ bytes: [UInt8]) { print("\(bytes.count) bytes") }

if let checksum = HTTPField.Name("x-amz-checksum-sha256") {
    var request = HTTPRequest(method: .put, scheme: "https", authority: "alias.accesspoint.s3-global.amazonaws.com", path: "/backup")
    let body = ChunkedBody(contentLength: 100_000, trailers: [.init(checksum, valueLength: 44)])
    var encoder = try signer.sign(&request, chunked: body, in: context)
    var digest = try SHA256()
    for piece in pieces {
        try digest.update(piece.span)
        send(try encoder.encode(piece.span))
    }
    send(try encoder.finish(trailers: [checksum: digest.finalize().base64]))
}
