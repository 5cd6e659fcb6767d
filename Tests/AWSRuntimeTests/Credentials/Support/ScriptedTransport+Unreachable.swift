// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import HTTPTypes
import Transport

extension ScriptedTransport {
    /// Reaches nobody: for addresses that only exist on machines of AWS.
    static var unreachable: ScriptedTransport { ScriptedTransport(Array(repeating: .fail(.unreachable), count: 20)) }

    /// Whom it was to reach.
    var authorities: [String] { self.requests.compactMap(\.head.authority) }
}
