// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

extension IoTCoreClient {
    /// Disconnects a device, unless it is not connected.
    ///
    /// A device with valid credentials may connect again at once: to keep it out, revoke its certificate first.
    ///
    /// - Parameters:
    ///   - clientID: the client id of its MQTT connection, which the guidance is to be the name of the thing.
    ///   - endsSession: whether its session, with subscriptions and queued messages, ends too.
    ///   - preventsWill: whether its last will is not published.
    /// - Returns: whether there was a connection or a session.
    /// - Throws: ``IoTCoreError``.
    @discardableResult
    public func disconnect(_ clientID: String, endsSession: Bool = false, preventsWill: Bool = false) async throws(IoTCoreError) -> Bool {
        guard !clientID.isEmpty, !clientID.hasPrefix("$") else {
            throw IoTCoreError(.invalidInput, message: "'\(clientID)' is no client id: it is not empty and does not begin with $")
        }
        let operation = IoTData.DeleteConnection(
            clientID: clientID, cleanSession: endsSession ? true : nil, preventWillMessage: preventsWill ? true : nil)
        return try await self.find(operation) != nil
    }
}
