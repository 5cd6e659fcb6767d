// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Transport

extension TLSConfiguration {
    /// The trust that `AWS_CA_BUNDLE` or the profile's `ca_bundle` asks for; the system's where there is none.
    init(_ settings: AWSSettings) {
        self.init()
        if let path = settings.value("AWS_CA_BUNDLE", "ca_bundle") { self.trustRoots = .custom(.file(path)) }
    }
}
