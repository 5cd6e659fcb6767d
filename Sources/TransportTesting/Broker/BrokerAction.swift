// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What is left to do after something happened to the broker.
enum BrokerAction: Equatable {
    /// Pass bytes to the client.
    case send(SessionID, [UInt8])
    /// Close the client's stream when what was sent before has arrived; `isOrderly` is false where the connection breaks off.
    case close(SessionID, isOrderly: Bool)
    /// Tell the client that it may write again.
    case resumeWriting(SessionID)
}
