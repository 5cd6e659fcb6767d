// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Signs a request to AWS by its header, and another by its URL.

import AWSSigner
import HTTPTypes

let signer = AWSSigner()
let context = SigningContext(
    credentials: AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "not-a-secret"),
    region: "eu-west-1", service: "iot", timestamp: .now)

let body = Array(#"{"thingName": "device-1"}"#.utf8)
var request = HTTPRequest(method: .post, scheme: "https", authority: "iot.eu-west-1.amazonaws.com", path: "/things/device-1")
try signer.sign(&request, payload: .bytes(body), in: context)
print(request.headerFields[.authorization] ?? "")

let link = HTTPRequest(method: .get, scheme: "https", authority: "iot.eu-west-1.amazonaws.com", path: "/registrationcode")
let presigned = try signer.presigned(link, payload: .bytes([]), expiresIn: .seconds(300), in: context)
print(presigned.url)
