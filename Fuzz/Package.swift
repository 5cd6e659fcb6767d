// swift-tools-version: 6.3
// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Built and run by Scripts/fuzz.sh, which gives the flags of the sanitizers.

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
]

/// A program that libFuzzer drives.
func fuzzer(_ name: String) -> Target {
    .executableTarget(name: name, dependencies: ["AMQPWire", "FuzzSupport"], swiftSettings: swiftSettings)
}

let package = Package(
    name: "lamassu-cloud-fuzz",
    platforms: [.macOS(.v26)],
    targets: [
        fuzzer("FrameFuzzer"),
        fuzzer("ConnectionFuzzer"),
        fuzzer("ChannelFuzzer"),
        .target(name: "FuzzSupport", dependencies: ["CAllocationMeter"], swiftSettings: swiftSettings),
        .target(name: "CAllocationMeter"),
        // A link to the sources: what is fuzzed is built with the coverage of the fuzzer, and shows it its package's declarations.
        .target(name: "AMQPWire", swiftSettings: swiftSettings),
    ]
)
