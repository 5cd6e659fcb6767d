// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Transport

extension AWSConfiguration {
    /// Where the services are that give credentials.
    ///
    /// - Parameters:
    ///   - settings: the settings; without a region among them, that is `us-east-1`.
    ///   - region: the region, where that of the settings is not to be used.
    ///   - credentials: by which credentials they are asked; not used where their operations are not signed.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/configuration`` when a setting cannot be used.
    init(
        ofCredentialServices settings: AWSSettings, region: String? = nil, askedWith credentials: any AWSCredentialsProvider
    ) throws(AWSError) {
        var settings = settings
        if let region {
            settings.environment["AWS_REGION"] = region
        } else if (settings.value("AWS_REGION", "region") ?? settings.value("AWS_DEFAULT_REGION", "region")) == nil {
            settings.environment["AWS_REGION"] = "us-east-1"
        }
        try self.init(settings, credentials: credentials)
        self.tls = TLSConfiguration(settings)
    }
}
