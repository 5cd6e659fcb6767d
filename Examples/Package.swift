// swift-tools-version: 6.3
// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let isContinuousIntegration = Context.environment["CI"] != nil

let swiftSettings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (isContinuousIntegration ? [.treatAllWarnings(as: .error)] : [])

func cloud(_ names: String...) -> [Target.Dependency] { names.map { .product(name: $0, package: "lamassu-cloud") } }

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "lamassu-cloud-examples",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "lamassu-cloud", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // One line per event of the demo's timeline, in the same form from every process
        .target(name: "Timeline", dependencies: cloud("CloudEvents", "CloudSync", "LamassuEvents"), swiftSettings: swiftSettings),

        // What the services have in common: the publisher as a service, the context of a request, JSON bodies
        .target(
            name: "ExampleSupport",
            dependencies: cloud("JSONCoding", "LamassuEvents", "SystemCrypto") + [
                httpTypes, .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),

        // A CA service with an HTTP API that publishes an event for each update: what a service of the PKI adds to embed the library
        .executableTarget(
            name: "CAService",
            dependencies: cloud("CurlTransport", "JSONCoding", "LamassuEvents", "SystemCrypto") + [
                "ExampleSupport", "Timeline", logging, .product(name: "Hummingbird", package: "hummingbird"),
            ],
            swiftSettings: swiftSettings),

        // A device manager and a DMS manager, each with all operations of its protocol behind a service that publishes
        .executableTarget(
            name: "DeviceManager",
            dependencies: cloud("CurlTransport", "JSONCoding", "LamassuEvents") + [
                "ExampleSupport", logging, .product(name: "Hummingbird", package: "hummingbird"),
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "DMSEnroller",
            dependencies: cloud("CurlTransport", "JSONCoding", "LamassuEvents", "SystemCrypto") + [
                "ExampleSupport", logging, .product(name: "Hummingbird", package: "hummingbird"),
            ],
            swiftSettings: swiftSettings),

        // The stand-alone connector: RabbitMQ on one side, AWS on the other, the CA service asked over HTTP
        .executableTarget(
            name: "Connector",
            dependencies: cloud(
                "AWSRuntime", "CloudEvents", "CloudSync", "CurlTransport", "IoTCoreClient", "JSONCoding", "LambdaClient", "LamassuEvents",
                "SQSClient", "Transport")
                + [
                    "Timeline", httpTypes, logging, .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                ],
            swiftSettings: swiftSettings),

        // The command line: renders and deploys the AWS side, plays events in, and tells the story of the demo
        .executableTarget(
            name: "lamassu-cloud",
            dependencies: cloud(
                "AMQPClient", "AWSRuntime", "CFNTemplates", "CloudEvents", "CloudFormationClient", "CurlTransport", "IoTCoreClient",
                "JSONCoding", "LamassuEvents", "SystemCrypto", "Transport")
                + ["Timeline", httpTypes, logging, .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Sources/LamassuCloud",
            swiftSettings: swiftSettings),

        // An outbox in the host's own PostgreSQL database, and a service whose updates are transactions of it: each with its event
        .target(name: "CPostgreSQL", linkerSettings: [.linkedLibrary("pq")]),
        .target(
            name: "PostgreSQLOutbox", dependencies: cloud("JSONCoding", "LamassuEvents") + ["CPostgreSQL"],
            resources: [.embedInCode("SQL")],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "TransactionalService",
            dependencies: cloud("CurlTransport", "JSONCoding", "LamassuEvents") + [
                "PostgreSQLOutbox", logging, .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PostgreSQLOutboxTests",
            dependencies: cloud("CurlTransport", "JSONCoding", "LamassuEvents") + ["PostgreSQLOutbox", "TransactionalService", logging],
            swiftSettings: swiftSettings),
    ]
)
