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

let package = Package(
    name: "lamassu-cloud-benchmarks",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "lamassu-cloud", path: ".."),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        // The client of this package as a peer of those in peers/: the same scenarios, command line and line of JSON
        .executableTarget(
            name: "amqp-bench",
            dependencies: [
                .product(name: "AMQPClient", package: "lamassu-cloud"), .product(name: "CurlTransport", package: "lamassu-cloud"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/AMQPBenchmark",
            swiftSettings: swiftSettings),
        // Calls of AWS, the signing of a request, and what an operation costs to write and to read
        .executableTarget(
            name: "aws-bench",
            dependencies: [
                .product(name: "AWSRuntime", package: "lamassu-cloud"), .product(name: "AWSSigner", package: "lamassu-cloud"),
                .product(name: "CurlTransport", package: "lamassu-cloud"), .product(name: "IoTCoreClient", package: "lamassu-cloud"),
                .product(name: "Transport", package: "lamassu-cloud"), .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/AWSBenchmark",
            swiftSettings: swiftSettings),
        // What publishing costs a service
        .executableTarget(
            name: "events-bench",
            dependencies: [
                .product(name: "LamassuEvents", package: "lamassu-cloud"), .product(name: "SQLiteOutbox", package: "lamassu-cloud"),
                .product(name: "CurlTransport", package: "lamassu-cloud"), .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/EventsBenchmark",
            swiftSettings: swiftSettings),
        // What a publisher holds and does while its service is idle; without SQLite
        .executableTarget(
            name: "events-footprint",
            dependencies: [
                .product(name: "LamassuEvents", package: "lamassu-cloud"), .product(name: "CurlTransport", package: "lamassu-cloud"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/EventsFootprint",
            swiftSettings: swiftSettings),
        // How large a program is that calls three operations of AWS
        .executableTarget(
            name: "three-operations",
            dependencies: [
                .product(name: "CurlTransport", package: "lamassu-cloud"), .product(name: "IoTCoreClient", package: "lamassu-cloud"),
                .product(name: "LambdaClient", package: "lamassu-cloud"), .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/ThreeOperations",
            swiftSettings: swiftSettings),
        // What memory a program of Swift has that only initialises libcurl
        .executableTarget(name: "swift-floor", path: "Sources/SwiftFloor", swiftSettings: swiftSettings),
        // The outbox in SQLite, beside the disk's own sync
        .executableTarget(
            name: "outbox-bench",
            dependencies: [
                .product(name: "LamassuEvents", package: "lamassu-cloud"), .product(name: "SQLiteOutbox", package: "lamassu-cloud"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/OutboxBenchmark",
            swiftSettings: swiftSettings),
    ]
)
