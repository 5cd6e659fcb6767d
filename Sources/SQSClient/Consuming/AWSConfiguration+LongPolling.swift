// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSRuntime

extension AWSConfiguration {
    /// How long a call for messages waits: from 1 to 20 seconds, and 2 seconds less than the client gives a call or an attempt.
    ///
    /// A call that the client gives up takes the messages with it that SQS had for it: they stay hidden until their time is over.
    ///
    /// - Parameter wish: how long it is to wait.
    package func waitTime(upTo wish: Duration) -> Duration {
        let callTime = min(self.attemptTimeout, self.callTimeout ?? self.attemptTimeout)
        return max(min(wish, callTime - .seconds(2), .seconds(20)), .seconds(1))
    }
}
