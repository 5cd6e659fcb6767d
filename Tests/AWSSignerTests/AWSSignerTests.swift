// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import HTTPTypes
import Testing

@Suite struct AWSSignerTests {
    static let credentials = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "token")

    static func context(_ credentials: AWSCredentials = credentials, day: Int64 = 0, region: String = "eu-west-1") -> SigningContext {
        SigningContext(
            credentials: credentials, region: region, service: "iot", timestamp: AWSTimestamp(secondsSinceEpoch: day * 86_400))
    }

    static let request = HTTPRequest(method: .get, scheme: "https", authority: "iot.eu-west-1.amazonaws.com", path: "/things")

    @Test func `signing again replaces the earlier signature`() throws {
        let signer = AWSSigner()
        var once = Self.request
        try signer.sign(&once, payload: .bytes([]), in: Self.context(day: 1))
        var twice = Self.request
        try signer.sign(&twice, payload: .bytes([]), in: Self.context())
        try signer.sign(&twice, payload: .bytes([]), in: Self.context(day: 1))
        #expect(once == twice)
        let presigned = try signer.presigned(Self.request, payload: .bytes([]), expiresIn: .seconds(60), in: Self.context())
        #expect(try signer.presigned(presigned.request, payload: .bytes([]), expiresIn: .seconds(60), in: Self.context()) == presigned)
        var asymmetric = Self.context()
        asymmetric.algorithm = .v4a
        try signer.sign(&once, payload: .bytes([]), in: asymmetric)
        #expect(once != twice)
        try signer.sign(&once, payload: .bytes([]), in: Self.context(day: 1))
        #expect(once == twice)
    }

    @Test func `credentials without a token leave no token of others`() throws {
        let signer = AWSSigner()
        var request = Self.request
        try signer.sign(&request, payload: .bytes([]), in: Self.context())
        #expect(request.headerFields.contains { $0.name.canonicalName == "x-amz-security-token" })
        try signer.sign(&request, payload: .bytes([]), in: Self.context(AWSCredentials(accessKeyID: "A", secretAccessKey: "s")))
        #expect(!request.headerFields.contains { $0.name.canonicalName == "x-amz-security-token" })
    }

    @Test func `the cache is bounded, and a kept key signs as a new one does`() throws {
        let signer = AWSSigner(keyCapacity: 4)
        for day in 0..<20 {
            var first = Self.request
            try signer.sign(&first, payload: .bytes([]), in: Self.context(day: Int64(day)))
            var second = Self.request
            try signer.sign(&second, payload: .bytes([]), in: Self.context(day: Int64(day)))
            var fresh = Self.request
            try AWSSigner().sign(&fresh, payload: .bytes([]), in: Self.context(day: Int64(day)))
            #expect(first == second)
            #expect(first == fresh)
        }
        #expect(signer.keptKeyCount == 4)
    }

    @Test func `the same key id with another secret has another signature`() throws {
        let signer = AWSSigner()
        var first = Self.request
        try signer.sign(&first, payload: .bytes([]), in: Self.context(AWSCredentials(accessKeyID: "A", secretAccessKey: "one")))
        var second = Self.request
        try signer.sign(&second, payload: .bytes([]), in: Self.context(AWSCredentials(accessKeyID: "A", secretAccessKey: "two")))
        #expect(first != second)
    }

    @Test func `one signer serves many tasks`() async throws {
        let signer = AWSSigner(keyCapacity: 2)
        await withThrowingTaskGroup(of: Void.self) { group in
            for day in 0..<32 {
                group.addTask {
                    for offset in 0..<20 {
                        let context = Self.context(day: Int64(day % 3 + offset % 2))
                        var shared = Self.request
                        try signer.sign(&shared, payload: .bytes([]), in: context)
                        var fresh = Self.request
                        try AWSSigner().sign(&fresh, payload: .bytes([]), in: context)
                        #expect(shared == fresh)
                    }
                }
            }
        }
    }

    @Test(arguments: [
        AWSCredentials(accessKeyID: "", secretAccessKey: "s"), AWSCredentials(accessKeyID: "A\n", secretAccessKey: "s"),
        AWSCredentials(accessKeyID: "A B", secretAccessKey: "s"), AWSCredentials(accessKeyID: "A", secretAccessKey: ""),
        AWSCredentials(accessKeyID: "A", secretAccessKey: "s", sessionToken: ""),
        AWSCredentials(accessKeyID: "A", secretAccessKey: "s", sessionToken: "t\r\nX-Evil: 1"),
    ])
    func `credentials that no header carries are an error`(credentials: AWSCredentials) {
        var request = Self.request
        #expect(throws: AWSSignerError(.invalidCredentials, message: "")) {
            try AWSSigner().sign(&request, payload: .bytes([]), in: Self.context(credentials))
        }
        #expect(request == Self.request)
    }

    @Test(arguments: [
        Self.context(region: ""), Self.context(region: "eu west"), Self.context(region: "eu/west"), Self.context(day: .max / 86_400),
        Self.context(day: .min / 86_400),
    ])
    func `a context that is no scope is an error`(context: SigningContext) {
        var request = Self.request
        #expect(throws: AWSSignerError(.invalidContext, message: "")) {
            try AWSSigner().sign(&request, payload: .bytes([]), in: context)
        }
    }

    @Test(arguments: [
        HTTPRequest(method: .get, scheme: "https", authority: nil, path: "/"),
        HTTPRequest(method: .get, scheme: "https", authority: "", path: "/"),
        HTTPRequest(method: .options, scheme: "https", authority: "a", path: "*"),
        HTTPRequest(method: .get, scheme: "https", authority: "a", path: "/", headerFields: [HTTPField.Name("HOST")!: "b"]),
    ])
    func `a request without a place to go is an error`(request: HTTPRequest) {
        var copy = request
        #expect(throws: AWSSignerError(.invalidRequest, message: "")) {
            try AWSSigner().sign(&copy, payload: .bytes([]), in: Self.context())
        }
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .milliseconds(999), .seconds(604_801)])
    func `a URL is good for a second to seven days`(expiresIn: Duration) {
        #expect(throws: AWSSignerError(.invalidExpiration, message: "")) {
            try AWSSigner().presigned(Self.request, payload: .bytes([]), expiresIn: expiresIn, in: Self.context())
        }
    }

    @Test func `the asymmetric key of credentials is kept for all days, regions and services`() throws {
        let signer = AWSSigner()
        for (day, region) in [(0, "eu-west-1"), (1, "us-east-1,us-west-2"), (2, "*")] {
            var context = Self.context(day: Int64(day), region: region)
            context.algorithm = .v4a
            var request = Self.request
            try signer.sign(&request, payload: .bytes([]), in: context)
            #expect(request.headerFields[HTTPField.Name("X-Amz-Region-Set")!] == region)
        }
        #expect(signer.keptKeyCount == 1)
    }

    @Test func `tasks that derive the same key at once leave one`() async throws {
        let signer = AWSSigner()
        await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    var request = Self.request
                    try signer.sign(&request, payload: .bytes([]), in: Self.context())
                }
            }
        }
        #expect(signer.keptKeyCount == 1)
    }

    @Test(arguments: [
        ("s3", SigningOptions.s3), ("s3express", .s3), ("s3-object-lambda", .s3), ("s3-outposts", .s3), ("iotdevicegateway", .iotWebSocket),
        ("iot", .standard), ("execute-api", .standard),
    ])
    func `the path is signed as the service wants it`(service: String, options: SigningOptions) throws {
        let context = SigningContext(
            credentials: Self.credentials, region: "eu-west-1", service: service, timestamp: AWSTimestamp(secondsSinceEpoch: 0))
        #expect(context.options == options)
        var request = Self.request
        request.path = "/a//b/./c/../d%20e/"
        let steps = try AWSSigner().signHeaders(&request, payload: .bytes([]), in: context)
        let path = steps.canonicalRequest.split(separator: "\n")[1]
        #expect(path == (options == .s3 ? "/a//b/./c/../d%20e/" : "/a/b/d%2520e/"))
    }

    @Test func `a body that is not signed is announced so to S3`() throws {
        var request = Self.request
        let context = SigningContext(
            credentials: Self.credentials, region: "eu-west-1", service: "s3", timestamp: AWSTimestamp(secondsSinceEpoch: 0))
        let steps = try AWSSigner().signHeaders(&request, payload: .unsigned, in: context)
        #expect(request.headerFields[HTTPField.Name("X-Amz-Content-SHA256")!] == "UNSIGNED-PAYLOAD")
        #expect(steps.canonicalRequest.hasSuffix("\nUNSIGNED-PAYLOAD"))
    }

    @Test func `a presigned request shows no signature`() throws {
        let presigned = try AWSSigner().presigned(Self.request, payload: .bytes([]), expiresIn: .seconds(60), in: Self.context())
        #expect(presigned.url.hasPrefix("https://iot.eu-west-1.amazonaws.com/things?X-Amz-Algorithm=AWS4-HMAC-SHA256&"))
        var dumped = ""
        dump(presigned, to: &dumped)
        dump([presigned], to: &dumped)
        for text in [dumped, "\(presigned)", String(reflecting: presigned), "\([presigned])"] {
            #expect(!text.contains("X-Amz") && !text.contains("AKID"), "\(text)")
        }
        #expect("\(presigned)" == "PresignedRequest(GET https://iot.eu-west-1.amazonaws.com/things, redacted)")
    }

    @Test func `what was signed is not shown, because a session token stands in it`() throws {
        var request = Self.request
        let steps = try AWSSigner().signHeaders(&request, payload: .bytes([]), in: Self.context())
        #expect(steps.canonicalRequest.contains("x-amz-security-token:token"))
        var dumped = ""
        dump(steps, to: &dumped)
        #expect(!dumped.contains("token") && !"\(steps)".contains("token"))
    }

    @Test func `a signer shows none of the keys that it keeps`() throws {
        let signer = AWSSigner()
        var asymmetric = Self.context()
        asymmetric.algorithm = .v4a
        for context in [Self.context(), asymmetric] {
            var request = Self.request
            try signer.sign(&request, payload: .bytes([]), in: context)
        }
        var dumped = ""
        dump(signer, to: &dumped)
        #expect(signer.keptKeyCount == 2)
        // The bytes of "secret", as numbers, as digits or as text.
        for text in ["secret", "115", "736563726574", "token"] { #expect(!dumped.contains(text), "\(dumped)") }
    }

    @Test func `credentials show no secret`() {
        var dumped = ""
        dump(Self.credentials, to: &dumped)
        dump(Self.context(), to: &dumped)
        let texts = [dumped, "\(Self.credentials)", String(reflecting: Self.credentials), "\([Self.credentials])", "\(Self.context())"]
        for text in texts {
            #expect(!text.contains("secret\""), "\(text)")
            #expect(!text.contains("token\""), "\(text)")
            #expect(!text.contains("\"secret") && !text.contains("\"token"), "\(text)")
        }
        #expect("\(Self.credentials)" == "AWSCredentials(AKIDEXAMPLE, redacted)")
    }
}
