// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AMQPClient

/// An event as it goes to the broker.
package struct WireMessage: Hashable, Sendable {
    package var destination: AMQPDestination
    package var properties: AMQPProperties
    package var body: [UInt8]
    /// Whether the broker is to say so where no queue wants it.
    package var isMandatory: Bool
}
