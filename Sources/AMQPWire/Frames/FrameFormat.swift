// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The fixed parts of a frame (specification, section 4.2.3): type, channel and size, the payload, an end octet.
enum FrameFormat {
    static let method: UInt8 = 1
    static let header: UInt8 = 2
    static let body: UInt8 = 3
    static let heartbeat: UInt8 = 8
    /// The octet that ends each frame.
    static let end: UInt8 = 0xCE
    /// The octets before the payload.
    static let headSize = 7
    /// The octets before and behind the payload.
    static let overhead = 8
    /// The limit that no peer may go below, and that holds before limits are negotiated.
    static let minimumLimit = 4096
    /// The octets with which a protocol header begins; three of version follow.
    static let protocolHeader: [UInt8] = [0x41, 0x4D, 0x51, 0x50, 0]
}
